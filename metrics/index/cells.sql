-- What the index reads: one reading's indicators at one month, with how complete the filings behind each are.
-- An indicator that needs no filing counts silence itself: its number is always complete.
SELECT
    cells.scope_code,
    cells.scope,
    cells.period,
    cells.indicator,
    cells.numerator,
    cells.denominator,
    cells.value,
    cells.lower,
    cells.upper,
    cells.outcome,
    CASE
        WHEN indicators.contract IS NULL THEN 1
        ELSE coalesce(cells.reporters_filed / nullif(cells.reporters_expected, 0), 0)
    END AS coverage
FROM cells
INNER JOIN indicators ON cells.indicator = indicators.indicator
WHERE cells.group_kind = 'all'
ORDER BY cells.period, cells.scope, cells.scope_code, cells.indicator;
