-- How often an indicator can change, and what one event more or less changes of it, per denominator.
SELECT
    rhythms.step_months,
    rhythms.window_months,
    rhythms.window_points,
    indicators.kind,
    indicators.per
FROM indicator_rhythms AS rhythms
JOIN indicators USING (indicator)
WHERE rhythms.indicator = $indicator;
