-- One indicator for the region, the 兵团 and the groups that cut across prefectures, side by side. No ranking: each
-- holds some of the others.
SELECT
    cells.scope_code, cells.scope, cells.period, cells.indicator, cells.numerator, cells.denominator, cells.value,
    cells.lower, cells.upper, cells.outcome, cells.reporters_expected, cells.reporters_filed
FROM shown_cells AS cells
LEFT JOIN divisions ON cells.scope_code = divisions.division_code
WHERE cells.indicator = $indicator AND cells.period = $period AND cells.scope = 'area' AND cells.group_kind = 'all'
  AND (divisions.division_code IS NULL OR divisions.kind IN ('region', 'corps'))
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, cells.scope_code || '/' || cells.scope))
ORDER BY divisions.kind = 'region' DESC NULLS LAST, divisions.kind = 'corps' DESC NULLS LAST, cells.scope_code;
