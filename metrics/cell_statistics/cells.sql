-- The counts of every cell of the spine, in an order that makes a block: indicators × readings (readings.sql) × months.
-- What is no value is unknown here, so that no statistic can take silence for zero.
SELECT
    CASE WHEN cells.outcome = 'value' THEN cells.numerator END AS numerator,
    CASE WHEN cells.outcome = 'value' THEN cells.denominator END AS denominator,
    cells.value,
    cells.lower,
    cells.upper,
    -- an indicator that needs no filing counts silence itself: its number is always complete
    CASE
        WHEN cells.reporters_expected > 0
            THEN if(indicators.contract IS NULL, 1, cells.reporters_filed / cells.reporters_expected)
    END AS completeness
FROM cells
INNER JOIN indicators ON cells.indicator = indicators.indicator
WHERE cells.group_kind = 'all'
ORDER BY indicators.position, cells.scope_code, cells.scope, cells.period;
