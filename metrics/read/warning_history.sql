-- One warning in every month in which it stood.
SELECT
    warnings.*,
    divisions.name AS division_name, divisions.short_name, divisions.kind AS division_kind, divisions.parent_code
FROM warnings
LEFT JOIN divisions ON divisions.division_code = warnings.division_code AND divisions.valid_to IS NULL
WHERE warning_id = $warning_id
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, warnings.division_code))
ORDER BY warnings.period;
