-- How often an indicator can change: as often as the most frequent of the filings it needs. Between two filings its
-- cells repeat, and what repeats is no evidence. `window_points` is how many such steps each value sums up.
CREATE OR REPLACE TABLE indicator_rhythms AS
WITH needs AS (
    SELECT
        indicator,
        unnest(string_split(contract, ',')) AS contract
    FROM indicators
    WHERE contract IS NOT NULL
),

steps AS (
    SELECT
        needs.indicator,
        min(CASE contracts.frequency WHEN 'month' THEN 1 WHEN 'quarter' THEN 3 ELSE 12 END) AS step_months
    FROM needs
    INNER JOIN contracts ON needs.contract = contracts.contract
    GROUP BY needs.indicator
)

SELECT
    indicators.indicator,
    coalesce(steps.step_months, 1)::INTEGER AS step_months,
    coalesce(indicators.window_months, 1)::INTEGER AS window_months,
    greatest(1, coalesce(indicators.window_months, 1) / coalesce(steps.step_months, 1))::DOUBLE AS window_points
FROM indicators
LEFT JOIN steps ON indicators.indicator = steps.indicator
ORDER BY indicators.position;
