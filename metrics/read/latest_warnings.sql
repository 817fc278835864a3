-- Each warning in the last month in which it stood; all of them, or those named.
SELECT warnings.*, divisions.name AS division_name, divisions.short_name
FROM warnings
LEFT JOIN divisions ON divisions.division_code = warnings.division_code AND divisions.valid_to IS NULL
WHERE ($warning_ids::VARCHAR[] IS NULL OR list_contains($warning_ids, warnings.warning_id))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, warnings.division_code))
QUALIFY row_number() OVER (PARTITION BY warning_id ORDER BY period DESC) = 1
ORDER BY warning_id;
