-- Ledger of measures by organisation at one month: the gravest step each stands at, and how many findings at which.
WITH placed AS (
    SELECT
        measures.*,
        list_position(
            ['sanction_proposed', 'referred', 'criticism_proposed', 'criticised', 'overdue', 'ordered'], measures.measure
        ) AS place
    FROM measures
    WHERE measures.period = $period AND measures.measure NOT IN ('rectified', 'verified')
      AND ($within::VARCHAR IS NULL
           OR measures.division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
      AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, measures.division_code))
),

names AS (
    SELECT organisation_code, arg_max(organisation_name, period) AS organisation_name
    FROM organisations
    GROUP BY ALL
)

SELECT
    placed.division_code,
    any_value(divisions.short_name) AS short_name,
    placed.organisation_code,
    coalesce(any_value(names.organisation_name), placed.organisation_code) AS organisation_name,
    arg_min(placed.measure, placed.place) AS measure,
    min(placed.since_on) FILTER (WHERE placed.place = worst.place) AS since_on,
    min(placed.act_by) AS act_by,
    count(*) AS findings,
    count(*) FILTER (WHERE measure = 'ordered') AS ordered,
    count(*) FILTER (WHERE measure = 'overdue') AS overdue,
    count(*) FILTER (WHERE measure = 'criticism_proposed') AS criticism_proposed,
    count(*) FILTER (WHERE measure = 'criticised') AS criticised,
    count(*) FILTER (WHERE measure = 'sanction_proposed') AS sanction_proposed,
    count(*) FILTER (WHERE measure = 'referred') AS referred,
    count(*) FILTER (WHERE is_overdue) AS overdue_steps,
    max(days_overdue) AS days_overdue
FROM placed
INNER JOIN (SELECT division_code, organisation_code, min(place) AS place FROM placed GROUP BY ALL) AS worst
    ON placed.division_code = worst.division_code AND placed.organisation_code = worst.organisation_code
LEFT JOIN names ON placed.organisation_code = names.organisation_code
LEFT JOIN divisions ON placed.division_code = divisions.division_code AND divisions.valid_to IS NULL
GROUP BY placed.division_code, placed.organisation_code
ORDER BY min(placed.place), days_overdue DESC, placed.division_code, placed.organisation_code;
