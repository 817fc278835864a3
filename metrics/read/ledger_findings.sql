-- Findings: each as last filed up to a month, with the name of its organisation and the step of Art. 41 that it stands at.
WITH names AS (
    SELECT organisation_code, arg_max(organisation_name, period) AS organisation_name
    FROM organisations
    GROUP BY ALL
),

state AS (
    SELECT *
    FROM findings
    WHERE period <= $period
    QUALIFY row_number() OVER (PARTITION BY finding_code ORDER BY period DESC, row DESC) = 1
)

SELECT state.*, names.organisation_name, measures.measure, measures.days_overdue, divisions.name AS division_name, divisions.short_name
FROM state
LEFT JOIN names USING (organisation_code)
LEFT JOIN measures ON measures.finding_code = state.finding_code AND measures.division_code = state.division_code
    AND measures.period = $period
LEFT JOIN divisions ON divisions.division_code = state.division_code AND divisions.valid_to IS NULL
WHERE ($within::VARCHAR IS NULL
       OR state.division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, state.division_code))
ORDER BY state.division_code, state.finding_code;
