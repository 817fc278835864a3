-- What was seen in settled months of every subject that may still stand: one that was seen (or could not be judged) in the
-- last of them or is seen now (`seen_now`). A warning that nobody has seen for so long is closed. Divisions that ended are
-- there whole: what stood with them their successors may carry on.
WITH subjects AS (
    SELECT DISTINCT rule, division_code, subject
    FROM settled_sightings
    WHERE period >= $recent_from
    UNION
    SELECT rule, division_code, subject
    FROM seen_now
)

SELECT
    sightings.rule,
    sightings.division_code,
    sightings.subject,
    sightings.period,
    sightings.tier,
    sightings.calm_periods
FROM settled_sightings AS sightings
LEFT JOIN subjects
    ON
        sightings.rule = subjects.rule
        AND sightings.division_code = subjects.division_code
        AND sightings.subject = subjects.subject
WHERE
    subjects.rule IS NOT NULL
    OR sightings.division_code IN (SELECT division_code FROM divisions WHERE valid_to IS NOT NULL)
ORDER BY sightings.period, sightings.rule, sightings.division_code, sightings.subject;
