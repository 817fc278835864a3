-- Why one reading's index moved from the month before, with Chinese titles; what worsened it most comes first.
SELECT changes.*, coalesce(catalogue.title, dimensions.dimension_title, changes.code) AS title
FROM index_changes AS changes
LEFT JOIN indicators AS catalogue ON changes.level = 'indicator' AND catalogue.indicator = changes.code
LEFT JOIN (SELECT DISTINCT dimension, dimension_title FROM indicators) AS dimensions
    ON changes.level = 'dimension' AND dimensions.dimension = changes.code
WHERE changes.scope_code = $scope_code AND changes.scope = $reading AND changes.period = $period
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, changes.scope_code || '/' || changes.scope))
ORDER BY changes.level, changes.change DESC, changes.code;
