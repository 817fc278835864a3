-- Cells as the pages show them, of every reading and month that is asked for, with names and the indicator's kind.
SELECT
    cells.*, catalogue.title, catalogue.short_title, catalogue.dimension, catalogue.dimension_title, catalogue.kind,
    catalogue.unit, catalogue.per, catalogue.direction, catalogue.window_months, divisions.short_name, divisions.kind AS division_kind,
    divisions.parent_code
FROM shown_cells AS cells
JOIN indicators AS catalogue USING (indicator)
LEFT JOIN divisions ON divisions.division_code = cells.scope_code AND divisions.valid_to IS NULL
WHERE cells.group_kind = $group_kind
  AND ($indicator::VARCHAR IS NULL OR cells.indicator = $indicator)
  AND ($period::VARCHAR IS NULL OR cells.period = $period)
  AND ($reading::VARCHAR IS NULL OR cells.scope = $reading)
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, cells.scope_code || '/' || cells.scope))
ORDER BY catalogue.rowid, cells.scope_code, cells.scope, cells.period, cells.group_value;
