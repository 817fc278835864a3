-- What each reporter adds to one indicator. The only place where facts are summed; which fact and which of its columns
-- comes as a value, checked against the catalogue, never as a piece of SQL. Of a duration the days themselves are kept too:
-- sums add up from level to level, quantiles do not.
WITH facts AS (FROM query_table($fact)),

months AS (FROM months)

SELECT
    $position AS position,
    facts.division_code,
    facts.period,
    facts.sector,
    facts.level,
    sum(COLUMNS(lambda name: name = $numerator)) AS numerator,
    sum(COLUMNS(lambda name: name = $denominator)) AS denominator,
    CASE WHEN $kind = 'duration' THEN list(COLUMNS(lambda name: name = $numerator)::DOUBLE) END AS days
FROM facts
INNER JOIN months ON facts.period = months.period
LEFT JOIN ended_divisions AS ended ON facts.division_code = ended.division_code
WHERE
    (
        facts.event_period IS NULL
        OR facts.event_period BETWEEN month_of(window_start(months.starts_on, $window_months)) AND facts.period
    )
    -- of a division that has ended only what fell in its months: what falls due since is its successor's to file
    AND (facts.event_period IS NULL OR ended.last_period IS NULL OR facts.event_period <= ended.last_period)
GROUP BY facts.division_code, facts.period, facts.sector, facts.level
