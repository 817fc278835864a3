-- Own readings of every indicator at one month as the index and the thresholds take them: value, sides, outcome, how
-- complete the filings behind each are (see metrics/index/cells.sql), and which way is good.
SELECT
    cells.scope_code, cells.scope, cells.indicator, cells.numerator, cells.denominator, cells.value, cells.outcome,
    CASE
        WHEN catalogue.contract IS NULL THEN 1
        ELSE coalesce(cells.reporters_filed / nullif(cells.reporters_expected, 0), 0)
    END AS coverage,
    catalogue.direction
FROM cells
INNER JOIN indicators AS catalogue ON cells.indicator = catalogue.indicator
WHERE cells.group_kind = 'all' AND cells.scope = 'own' AND cells.period = $period
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, cells.scope_code || '/' || cells.scope))
ORDER BY cells.scope_code, catalogue.rowid;
