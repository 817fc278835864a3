-- Findings that were open, and of these past due, at the end of each month.
SELECT
    period,
    count(*) FILTER (WHERE is_open) AS open,
    count(*) FILTER (WHERE is_open AND days_overdue > 0) AS overdue
FROM measures
WHERE period BETWEEN $first AND $last
  AND ($within::VARCHAR IS NULL
       OR division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, division_code))
GROUP BY period
ORDER BY period;
