-- Index of every reading of a kind at one month inside an area, worst first; with the month before.
SELECT
    now.*, earlier.score AS score_before, earlier.tier AS tier_before,
    divisions.name, divisions.short_name, divisions.kind, divisions.parent_code, parents.short_name AS parent_name
FROM index_scores AS now
JOIN divisions
    ON divisions.division_code = now.scope_code
    AND (divisions.valid_from IS NULL OR divisions.valid_from <= last_day(($period || '-01')::DATE))
    AND (divisions.valid_to IS NULL OR divisions.valid_to >= last_day(($period || '-01')::DATE))
LEFT JOIN divisions AS parents ON parents.division_code = divisions.parent_code
LEFT JOIN index_scores AS earlier
    ON earlier.scope_code = now.scope_code AND earlier.scope = now.scope AND earlier.period = $before
WHERE now.period = $period AND now.scope = $reading
  AND ($within::VARCHAR IS NULL
       OR now.scope_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, now.scope_code || '/' || now.scope))
ORDER BY now.score DESC NULLS LAST, now.scope_code;
