-- The index of every reading and month that is asked for.
SELECT scores.*, divisions.short_name, divisions.kind AS division_kind, divisions.parent_code
FROM index_scores AS scores
LEFT JOIN divisions ON divisions.division_code = scores.scope_code AND divisions.valid_to IS NULL
WHERE ($period::VARCHAR IS NULL OR scores.period = $period)
  AND ($reading::VARCHAR IS NULL OR scores.scope = $reading)
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, scores.scope_code || '/' || scores.scope))
ORDER BY scores.period, scores.scope, scores.score DESC NULLS LAST, scores.scope_code;
