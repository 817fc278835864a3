-- Warnings that stand at one month inside an area: worst tier first, what has gone and is only watched last within it,
-- then the nearest deadline. That a warning is only watched is told by its title (metrics/warning_rules.py).
SELECT
    warnings.*, contains(warnings.title, '已消除') AS is_cleared,
    divisions.name AS division_name, divisions.short_name, divisions.kind AS division_kind, divisions.parent_code
FROM warnings
LEFT JOIN divisions ON divisions.division_code = warnings.division_code AND divisions.valid_to IS NULL
WHERE warnings.period = $period
  AND ($within::VARCHAR IS NULL
       OR warnings.division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, warnings.division_code))
ORDER BY list_position(['red', 'orange', 'yellow', 'blue'], warnings.tier), is_cleared, respond_by NULLS LAST, warning_id;
