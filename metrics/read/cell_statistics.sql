-- Cells with their statistics at one month: one reading's, or all readings of a kind of one indicator. What is reckoned
-- from a hidden count is hidden with it; how far it may be relied on is not.
SELECT
    cells.* EXCLUDE (group_kind, group_value),
    CASE WHEN cells.outcome <> 'hidden' THEN COLUMNS(
        statistics.* EXCLUDE (
            indicator, scope_code, scope, period, completeness, newest_filing_on, data_age_days, reliability, reliability_reasons
        )
    ) END,
    statistics.completeness, statistics.newest_filing_on, statistics.data_age_days, statistics.reliability,
    statistics.reliability_reasons,
    divisions.name, divisions.short_name, divisions.kind AS division_kind, divisions.parent_code
FROM shown_cells AS cells
JOIN cell_statistics AS statistics USING (indicator, scope_code, scope, period)
JOIN divisions ON divisions.division_code = cells.scope_code AND divisions.valid_to IS NULL
WHERE cells.period = $period AND cells.scope = $reading AND cells.group_kind = 'all'
  AND ($indicator::VARCHAR IS NULL OR cells.indicator = $indicator)
  AND ($scope_code::VARCHAR IS NULL OR cells.scope_code = $scope_code)
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, cells.scope_code || '/' || cells.scope))
ORDER BY cells.indicator, cells.scope_code;
