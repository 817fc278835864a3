-- Whether divisions and readings are those of the earlier snapshot.
WITH differing AS (
    (SELECT division_code FROM (FROM divisions EXCEPT ALL FROM settled_divisions))
    UNION ALL
    (SELECT division_code FROM (FROM settled_divisions EXCEPT ALL FROM divisions))
    UNION ALL
    (SELECT scope_code FROM (FROM scopes EXCEPT ALL FROM settled_scopes))
    UNION ALL
    (SELECT scope_code FROM (FROM settled_scopes EXCEPT ALL FROM scopes))
)

SELECT count(*) = 0 FROM differing;
