-- Readings (a division, 本级 or 全域) of which the reader may see every member.
SELECT scope_code, scope
FROM scopes
GROUP BY ALL
HAVING $divisions::VARCHAR[] IS NULL OR bool_and(list_contains($divisions, member_code))
ORDER BY scope_code, scope;
