-- Who is ranked with whom: every reporter by its own organisations; prefectures with 兵团 divisions by their area.
SELECT DISTINCT
    scopes.scope_code,
    scopes.scope,
    scopes.scope AS peer_set
FROM scopes
LEFT JOIN divisions ON scopes.scope_code = divisions.division_code
WHERE scopes.scope = 'own' OR divisions.kind IN ('prefecture', 'corps_division')
ORDER BY scopes.scope, scopes.scope_code;
