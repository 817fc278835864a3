-- Reporting score of each reporter at one month, worst first, with the five shares it is made of.
SELECT
    scores.division_code, divisions.short_name, divisions.kind, divisions.parent_code, scores.score, scores.deducted,
    scores.filed, scores.due, scores.filed_share, scores.on_time_share, scores.first_pass_share, scores.error_share,
    scores.explained_share, scores.explained_of
FROM reporting_scores AS scores
LEFT JOIN divisions ON divisions.division_code = scores.division_code AND divisions.valid_to IS NULL
WHERE scores.period = $period AND scores.scope = 'own'
  AND ($within::VARCHAR IS NULL
       OR scores.division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, scores.division_code))
ORDER BY scores.score NULLS FIRST, scores.division_code;
