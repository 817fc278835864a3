-- Reliability grades of all own cells at one month by dimension; what has no value is counted by why it has none.
SELECT
    catalogue.dimension, any_value(catalogue.dimension_title) AS dimension_title,
    count(*) FILTER (WHERE statistics.reliability = 'A') AS grade_a,
    count(*) FILTER (WHERE statistics.reliability = 'B') AS grade_b,
    count(*) FILTER (WHERE statistics.reliability = 'C') AS grade_c,
    count(*) FILTER (WHERE statistics.reliability = 'D') AS grade_d,
    count(*) FILTER (WHERE cells.outcome = 'not_filed') AS not_filed,
    count(*) FILTER (WHERE cells.outcome = 'too_small') AS too_small,
    count(*) FILTER (WHERE cells.outcome = 'not_applicable') AS not_applicable
FROM cells
INNER JOIN indicators AS catalogue ON catalogue.indicator = cells.indicator
LEFT JOIN cell_statistics AS statistics
    ON statistics.indicator = cells.indicator AND statistics.scope_code = cells.scope_code
       AND statistics.scope = cells.scope AND statistics.period = cells.period AND cells.outcome = 'value'
WHERE cells.group_kind = 'all' AND cells.scope = 'own' AND cells.period = $period
  AND ($within::VARCHAR IS NULL
       OR cells.scope_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, cells.scope_code))
GROUP BY catalogue.dimension
ORDER BY min(catalogue.rowid);
