-- Incidents: each as last filed up to a month, with the name of its organisation. A list says what a count does: it is
-- for the unit that filed and for who receives every filing ($exact null); see shown/cells.sql.
WITH names AS (
    SELECT organisation_code, arg_max(organisation_name, period) AS organisation_name
    FROM organisations
    GROUP BY ALL
),

state AS (
    SELECT *
    FROM incidents
    WHERE period <= $period
    QUALIFY row_number() OVER (PARTITION BY incident_code ORDER BY period DESC, row DESC) = 1
)

SELECT state.*, names.organisation_name, divisions.name AS division_name, divisions.short_name
FROM state
LEFT JOIN names USING (organisation_code)
LEFT JOIN divisions ON divisions.division_code = state.division_code AND divisions.valid_to IS NULL
WHERE ($within::VARCHAR IS NULL
       OR state.division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, state.division_code))
  AND ($exact::VARCHAR[] IS NULL OR list_contains($exact, state.division_code))
ORDER BY state.division_code, state.incident_code;
