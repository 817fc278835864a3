-- Index of one reading month by month, with the month before beside it.
SELECT
    *,
    lag(score) OVER (ORDER BY period) AS score_before
FROM index_scores
WHERE scope_code = $scope_code AND scope = $reading AND period BETWEEN $first AND $last
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, scope_code || '/' || scope))
ORDER BY period;
