-- Every indicator of one reading at one month, with the month before and what the catalogue says of it.
WITH chosen AS (
    SELECT *
    FROM cells
    WHERE scope_code = $scope_code AND scope = $reading AND group_kind = 'all' AND period IN ($period, $before)
      AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, scope_code || '/' || scope))
),
now AS (FROM chosen WHERE period = $period),
earlier AS (SELECT indicator, value AS value_before, outcome AS outcome_before FROM chosen WHERE period = $before)
SELECT
    catalogue.*, now.* EXCLUDE (indicator, numerator, denominator),
    now.numerator AS cell_numerator, now.denominator AS cell_denominator,
    earlier.value_before, earlier.outcome_before, now.value - earlier.value_before AS change
FROM now
JOIN indicators AS catalogue USING (indicator)
LEFT JOIN earlier USING (indicator)
ORDER BY catalogue.rowid;
