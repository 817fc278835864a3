-- Organisations as last filed, for the search.
SELECT
    organisation_code, arg_max(organisation_name, period) AS organisation_name,
    arg_max(division_code, period) AS division_code
FROM organisations
WHERE $divisions::VARCHAR[] IS NULL OR list_contains($divisions, division_code)
GROUP BY organisation_code
ORDER BY organisation_code;
