-- What was said of each reporter at a month: index, probability of being 三级黄 or worse, warnings, and its incidents of
-- the three months up to it (the first baseline). Warnings count 4 for red to 1 for blue.
WITH warned AS (
    SELECT
        division_code,
        sum(5 - list_position(['red', 'orange', 'yellow', 'blue'], tier)) AS warning_points,
        bool_or(tier IN ('red', 'orange')) AS is_warned
    FROM warnings
    WHERE period = $period
    GROUP BY division_code
),
recent AS (
    SELECT division_code, count(DISTINCT incident_code) AS last_incidents
    FROM incidents
    WHERE strftime(found_at, '%Y-%m') BETWEEN $first_recent AND $period
    GROUP BY division_code
)
SELECT
    scores.scope_code AS division_code,
    scores.period,
    scores.score,
    scores.tier,
    scores.p_red + scores.p_orange + scores.p_yellow AS p_flagged,
    coalesce(warned.warning_points, 0) AS warning_points,
    coalesce(warned.is_warned, false) AS is_warned,
    coalesce(recent.last_incidents, 0) AS last_incidents
FROM index_scores AS scores
LEFT JOIN warned ON warned.division_code = scores.scope_code
LEFT JOIN recent ON recent.division_code = scores.scope_code
WHERE scores.scope = 'own' AND scores.period = $period
ORDER BY scores.scope_code;
