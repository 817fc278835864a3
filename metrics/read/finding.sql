-- One finding as of a month: its row in the newest filing up to then, with the organisation's newest name.
WITH names AS (
    SELECT organisation_code, arg_max(organisation_name, period) AS organisation_name
    FROM organisations
    GROUP BY ALL
)

SELECT
    findings.*, names.organisation_name, divisions.name AS division_name, divisions.short_name
FROM findings
LEFT JOIN names USING (organisation_code)
LEFT JOIN divisions ON divisions.division_code = findings.division_code AND divisions.valid_to IS NULL
WHERE findings.finding_code = $finding_code AND findings.period <= $period
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, findings.division_code))
ORDER BY findings.period DESC
LIMIT 1;
