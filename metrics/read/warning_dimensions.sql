-- Dimension of each warning at one month: that of its indicator, else the one that most indicators over the table of its
-- evidence belong to; what is said of filings themselves (silence, integrity) belongs to 报送质量.
WITH fed AS (
    SELECT unnest(string_split(contract, ',')) AS contract, dimension
    FROM indicators
    WHERE contract IS NOT NULL
),

tables AS (
    SELECT contract, mode(dimension ORDER BY dimension) AS dimension
    FROM fed
    GROUP BY contract
),

evidence AS (
    SELECT warning_id, any_value(contract) AS contract
    FROM warning_evidence
    WHERE period = $period
    GROUP BY warning_id
)

SELECT
    warnings.warning_id,
    CASE WHEN warnings.kind IN ('silence', 'integrity') THEN 'reporting'
         ELSE coalesce(indicators.dimension, tables.dimension) END AS dimension
FROM warnings
LEFT JOIN indicators USING (indicator)
LEFT JOIN evidence USING (warning_id)
LEFT JOIN tables ON tables.contract = evidence.contract
WHERE warnings.period = $period
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, warnings.division_code));
