-- What anybody would write for one indicator: its fact, who filed, the reading, and sums by sector and level.
INSERT INTO plain_cells
WITH facts AS (FROM query_table($fact)),

counted AS (
    SELECT
        facts.division_code,
        facts.period,
        facts.sector,
        facts.level,
        COLUMNS(lambda name: name = $numerator)::DOUBLE AS numerator,
        COLUMNS(lambda name: name = $denominator)::DOUBLE AS denominator
    FROM facts
    INNER JOIN months ON facts.period = months.period
    WHERE
        facts.event_period IS NULL
        OR facts.event_period BETWEEN
        strftime(months.starts_on - to_months($window_months - 1), '%Y-%m') AND facts.period
)

SELECT
    $indicator AS indicator,
    scopes.scope_code,
    scopes.scope,
    counted.period,
    counted.sector,
    counted.level,
    sum(counted.numerator) AS numerator,
    sum(counted.denominator) AS denominator,
    CASE WHEN $quantile IS NULL THEN NULL ELSE quantile_cont(counted.numerator, coalesce($quantile, 0.5)) END AS quantile
FROM counted
INNER JOIN coverage
    ON
        coverage.indicator = $indicator
        AND counted.division_code = coverage.division_code
        AND counted.period = coverage.period
        AND coverage.counts
INNER JOIN scopes ON counted.division_code = scopes.member_code
GROUP BY
    scopes.scope_code, scopes.scope, counted.period, GROUPING SETS ((), (counted.sector), (counted.level));
