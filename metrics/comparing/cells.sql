-- Cells as a snapshot holds them at one month, and how their indicator was defined.
SELECT
    cells.indicator,
    cells.scope_code,
    cells.scope,
    cells.numerator,
    cells.denominator,
    cells.value,
    cells.outcome,
    indicators.title,
    indicators.kind,
    indicators.contract,
    concat_ws(
        '/', indicators.fact, indicators.numerator, indicators.denominator, indicators.per, indicators.window_months,
        indicators.smallest_denominator, indicators.quantile
    ) AS definition
FROM cells
INNER JOIN indicators ON cells.indicator = indicators.indicator
WHERE cells.period = $period AND cells.group_kind = 'all'
ORDER BY indicators.position, cells.scope_code, cells.scope;
