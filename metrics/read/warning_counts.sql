-- Warnings by month and tier inside an area.
SELECT period, tier, count(*) AS warnings
FROM warnings
WHERE period BETWEEN $first AND $last
  AND ($within::VARCHAR IS NULL
       OR division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, division_code))
GROUP BY ALL
ORDER BY period, tier;
