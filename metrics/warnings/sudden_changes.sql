-- How much worse the newest filings are than a reporter's own year before them, where an indicator's window would dilute it
-- for months: the last month and the last two of what is due monthly, the newest quarter of what is filed by quarter.
-- `sudden_z` is the difference of arcsine roots in standard errors (Anscombe 1948), measured against the own year (drawn in
-- to the region's share by twenty cases) or what all have now, whichever is worse, and widened by how much all reporters
-- scatter just then (`scatter`, from the ninetieth percentile of the squares: a chi-square of one degree gives 2.706).
CREATE OR REPLACE TEMP TABLE sudden_changes AS
WITH counted AS (
    SELECT 'filed_on_time_share' AS indicator, period, division_code, event_period, 1 AS step_months, due AS n, due - on_time AS bad
    FROM fact_reporting
    UNION ALL
    SELECT 'first_pass_share', period, division_code, event_period, 1, attempted, attempted - first_pass
    FROM fact_reporting
    UNION ALL
    SELECT 'trained_share', period, division_code, event_period, 3, posts_to_train, posts_to_train - posts_trained
    FROM fact_training
    UNION ALL
    SELECT 'training_assessed_share', period, division_code, event_period, 3, posts_trained, posts_trained - posts_assessed
    FROM fact_training
),

spans AS (
    SELECT 1 AS step_months, 1 AS span
    UNION ALL
    SELECT 1, 2
    UNION ALL
    SELECT 3, 3
),

sums AS (
    SELECT
        counted.indicator,
        counted.period,
        counted.division_code,
        spans.span,
        coalesce(sum(n) FILTER (WHERE is_recent), 0) AS n,
        coalesce(sum(bad) FILTER (WHERE is_recent), 0) AS bad,
        coalesce(sum(n) FILTER (WHERE NOT is_recent), 0) AS n_before,
        coalesce(sum(bad) FILTER (WHERE NOT is_recent), 0) AS bad_before
    FROM counted
    INNER JOIN spans ON counted.step_months = spans.step_months,
        LATERAL (SELECT counted.event_period > strftime((counted.period || '-01')::DATE - to_months(spans.span), '%Y-%m') AS is_recent)
    GROUP BY ALL
),

expected AS (
    SELECT
        *,
        greatest(
            (bad_before + 20 * sum(bad_before) OVER everybody / nullif(sum(n_before) OVER everybody, 0)) / (n_before + 20),
            sum(bad) OVER everybody / nullif(sum(n) OVER everybody, 0)
        ) AS share
    FROM sums
    WHERE n > 0
    WINDOW everybody AS (PARTITION BY indicator, period, span)
),

measured AS (
    SELECT
        *,
        2 * sqrt(n) * (asin(sqrt(bad / n)) - asin(sqrt(share))) AS z
    FROM expected
    WHERE n_before >= 20 AND share < 1
),

judged AS (
    SELECT
        *,
        z / sqrt(greatest(1, quantile_cont(z * z, 0.9) OVER (PARTITION BY indicator, period, span) / 2.706)) AS sudden_z
    FROM measured
)

SELECT
    indicator,
    period,
    division_code,
    max(sudden_z) AS sudden_z,
    arg_max(bad / n - share, sudden_z) AS sudden_gap,
    arg_max(bad - n * share, sudden_z) AS sudden_excess,
    arg_max(bad, sudden_z)::BIGINT AS sudden_bad,
    arg_max(n, sudden_z)::BIGINT AS sudden_n,
    arg_max(share, sudden_z) AS sudden_share
FROM judged
GROUP BY indicator, period, division_code;
