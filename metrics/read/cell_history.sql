-- Values of one reading month by month, for sparklines and trends.
SELECT indicator, period, value, lower, upper, numerator, denominator, outcome
FROM shown_cells
WHERE scope_code = $scope_code AND scope = $reading AND group_kind = 'all' AND period BETWEEN $first AND $last
  AND ($indicator::VARCHAR IS NULL OR indicator = $indicator)
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, scope_code || '/' || scope))
ORDER BY indicator, period;
