-- Why the index moved from the month before, by dimension and indicator, with Chinese titles.
SELECT changes.*, coalesce(catalogue.title, dimensions.dimension_title, changes.code) AS title
FROM index_changes AS changes
LEFT JOIN indicators AS catalogue ON changes.level = 'indicator' AND catalogue.indicator = changes.code
LEFT JOIN (SELECT DISTINCT dimension, dimension_title FROM indicators) AS dimensions
    ON changes.level = 'dimension' AND dimensions.dimension = changes.code
WHERE ($period::VARCHAR IS NULL OR changes.period = $period)
  AND ($reading::VARCHAR IS NULL OR changes.scope = $reading)
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, changes.scope_code || '/' || changes.scope))
ORDER BY changes.period, changes.scope, changes.scope_code, changes.level, changes.change DESC, changes.code;
