-- Qualified units: the register of the newest quarter filed up to a month.
SELECT state.*, divisions.name AS division_name, divisions.short_name
FROM qualified_units AS state
LEFT JOIN divisions ON divisions.division_code = state.division_code AND divisions.valid_to IS NULL
WHERE state.period <= $quarter
  AND ($within::VARCHAR IS NULL
       OR state.division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, state.division_code))
QUALIFY state.period = max(state.period) OVER (PARTITION BY state.division_code)
ORDER BY state.division_code, state.unit_code;
