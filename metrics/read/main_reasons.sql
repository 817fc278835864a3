-- The two indicators that add most to each index of one kind at a month.
SELECT
    parts.scope_code,
    list(coalesce(catalogue.title, parts.code) ORDER BY parts.contribution DESC, parts.code)[1:2] AS reasons
FROM index_parts AS parts
LEFT JOIN indicators AS catalogue ON catalogue.indicator = parts.code
WHERE parts.period = $period AND parts.scope = $reading AND parts.level = 'indicator' AND parts.contribution > 0
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, parts.scope_code || '/' || parts.scope))
GROUP BY parts.scope_code;
