-- Whether divisions and readings are those of the earlier snapshot.
SELECT
    NOT EXISTS (FROM differing('divisions', 'settled_divisions'))
    AND NOT EXISTS (FROM differing('scopes', 'settled_scopes'));
