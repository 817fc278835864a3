-- The readings of the spine, in the order of cells.sql.
SELECT DISTINCT scope_code, scope
FROM cells
WHERE group_kind = 'all'
ORDER BY scope_code, scope;
