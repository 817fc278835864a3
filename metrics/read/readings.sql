-- Readings (a division, 本级 or 全域) of which the reader may see every member. Groups such as the border counties cut
-- across prefectures: only who sees the region itself sees them.
SELECT scope_code, scope
FROM scopes
GROUP BY ALL
HAVING
    $divisions::VARCHAR[] IS NULL
    OR (
        bool_and(list_contains($divisions, member_code))
        AND (
            scope_code IN (SELECT division_code FROM divisions)
            OR list_contains($divisions, (SELECT any_value(division_code) FROM divisions WHERE kind = 'region'))
        )
    )
ORDER BY scope_code, scope;
