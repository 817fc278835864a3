-- What the statistics need to know of each indicator, in the catalogue's order.
SELECT
    indicators.indicator,
    indicators.kind,
    indicators.per,
    indicators.target,
    indicators.direction = 'higher_is_better' AS higher_is_better,
    rhythms.step_months,
    rhythms.window_months,
    rhythms.window_points
FROM indicators
INNER JOIN indicator_rhythms AS rhythms ON indicators.indicator = rhythms.indicator
ORDER BY indicators.position;
