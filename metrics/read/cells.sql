-- Every indicator of one reading at one month, with the month before, the target then in force, and the catalogue.
WITH chosen AS (
    SELECT *
    FROM shown_cells
    WHERE scope_code = $scope_code AND scope = $reading AND group_kind = 'all' AND period IN ($period, $before)
      AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, scope_code || '/' || scope))
),
now AS (FROM chosen WHERE period = $period),
earlier AS (SELECT indicator, value AS value_before, outcome AS outcome_before FROM chosen WHERE period = $before),
targets AS (
    SELECT arg_max(body, valid_from) AS body
    FROM policies
    WHERE policy = 'targets'
      AND valid_from <= greatest($day::DATE, (SELECT max(nullif(value, ''))::DATE FROM meta WHERE key = 'policy_date'))
)
SELECT
    catalogue.* EXCLUDE (target, numerator, denominator),
    now.* EXCLUDE (indicator),
    json_extract(targets.body, '$.' || catalogue.target)::DOUBLE AS target,
    earlier.value_before, earlier.outcome_before, now.value - earlier.value_before AS change
FROM now
JOIN indicators AS catalogue USING (indicator)
CROSS JOIN targets
LEFT JOIN earlier USING (indicator)
ORDER BY catalogue.rowid;
