-- The index of the region, the 兵团 and the groups that cut across prefectures, side by side, with the month before.
SELECT
    now.*, earlier.score AS score_before, earlier.tier AS tier_before
FROM index_scores AS now
LEFT JOIN divisions ON now.scope_code = divisions.division_code
LEFT JOIN index_scores AS earlier
    ON earlier.scope_code = now.scope_code AND earlier.scope = now.scope AND earlier.period = $before
WHERE now.period = $period AND now.scope = 'area'
  AND (divisions.division_code IS NULL OR divisions.kind IN ('region', 'corps'))
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, now.scope_code || '/' || now.scope))
ORDER BY divisions.kind = 'region' DESC NULLS LAST, divisions.kind = 'corps' DESC NULLS LAST, now.scope_code;
