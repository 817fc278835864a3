-- What the index of every reading is made of, by indicator and dimension.
SELECT *
FROM index_parts
WHERE ($period::VARCHAR IS NULL OR period = $period)
  AND ($reading::VARCHAR IS NULL OR scope = $reading)
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, scope_code || '/' || scope))
ORDER BY period, scope, scope_code, level, code;
