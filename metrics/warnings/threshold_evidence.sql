-- The rows that count against an indicator in the reporters and months that are beyond its cut-off (table `beyond`).
-- For a duty that is better when higher these are the rows in the denominator and not in the numerator; for one that is
-- better when lower, those in the numerator. A filing that never came has no file: its month stands for its place.
WITH facts AS (FROM query_table($fact)),

counted AS (
    SELECT
        facts.* EXCLUDE (contract),
        facts.contract,
        COLUMNS(lambda name: name = $numerator) AS counted_numerator,
        COLUMNS(lambda name: name = $denominator) AS counted_denominator
    FROM facts
    INNER JOIN beyond ON facts.period = beyond.period AND facts.division_code = beyond.division_code
    INNER JOIN months ON facts.period = months.period
    WHERE
        facts.event_period IS NULL
        OR facts.event_period BETWEEN
        strftime(months.starts_on - to_months($window_months - 1), '%Y-%m') AND facts.period
)

SELECT
    counted.period,
    counted.division_code,
    counted.contract,
    coalesce(filings.period, counted.event_period) AS evidence_period,
    counted.filing_id,
    counted.file_name,
    counted.sheet,
    counted.row,
    coalesce(contracts.title, counted.subject) AS fact_subject,
    counted.counted_numerator AS numerator,
    counted.counted_denominator AS denominator
FROM counted
LEFT JOIN filings ON counted.filing_id = filings.filing_id
LEFT JOIN contracts ON counted.subject = contracts.contract
WHERE
    CASE
        WHEN $higher_is_better THEN counted.counted_denominator > counted.counted_numerator
        ELSE counted.counted_numerator > 0
    END
ORDER BY counted.period, counted.division_code, evidence_period, counted.contract, counted.file_name, counted.row, fact_subject;
