-- Warnings that stand at one month inside an area: worst tier first, what has gone and is only watched last within it,
-- then the nearest deadline. `is_cleared`: its cause is gone, and it is only watched.
SELECT
    warnings.*,
    divisions.name AS division_name, divisions.short_name, divisions.kind AS division_kind, divisions.parent_code
FROM warnings
LEFT JOIN divisions ON divisions.division_code = warnings.division_code AND divisions.valid_to IS NULL
WHERE warnings.period = $period
  AND ($within::VARCHAR IS NULL
       OR warnings.division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, warnings.division_code))
ORDER BY list_position(['red', 'orange', 'yellow', 'blue'], warnings.tier), warnings.is_cleared, respond_by NULLS LAST, warning_id;
