SELECT period, score, lower, upper, tier, tier_probability, rank, rank_lower, rank_upper
FROM index_scores
WHERE scope_code = $scope_code AND scope = $reading AND period BETWEEN $first AND $last
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, scope_code || '/' || scope))
ORDER BY period;
