-- What each dimension and indicator adds to a reading's index, with Chinese titles.
SELECT
    parts.*,
    coalesce(catalogue.title, dimensions.dimension_title, parts.code) AS title,
    coalesce(catalogue.short_title, dimensions.dimension_title, parts.code) AS short_title
FROM index_parts AS parts
LEFT JOIN indicators AS catalogue ON parts.level = 'indicator' AND catalogue.indicator = parts.code
LEFT JOIN (SELECT DISTINCT dimension, dimension_title FROM indicators) AS dimensions
    ON parts.level = 'dimension' AND dimensions.dimension = parts.code
WHERE parts.scope_code = $scope_code AND parts.scope = $reading AND parts.period = $period
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, parts.scope_code || '/' || parts.scope))
ORDER BY parts.level, parts.contribution DESC NULLS LAST, parts.code;
