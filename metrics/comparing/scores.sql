-- The index as a snapshot holds it at one month.
SELECT
    scope_code,
    scope,
    score,
    tier
FROM index_scores
WHERE period = $period
ORDER BY scope_code, scope;
