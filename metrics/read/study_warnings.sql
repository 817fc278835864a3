-- Every warning in every month in which it stands, or in one.
SELECT warnings.*, divisions.short_name, divisions.kind AS division_kind, divisions.parent_code
FROM warnings
LEFT JOIN divisions ON divisions.division_code = warnings.division_code AND divisions.valid_to IS NULL
WHERE ($period::VARCHAR IS NULL OR warnings.period = $period)
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, warnings.division_code))
ORDER BY warnings.period, warnings.warning_id;
