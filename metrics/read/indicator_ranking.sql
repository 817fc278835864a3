-- One indicator over all readings of a kind at one month; what has no value comes last, never left out.
SELECT
    cells.* EXCLUDE (group_kind, group_value),
    divisions.name, divisions.short_name, divisions.kind AS division_kind, divisions.parent_code
FROM shown_cells AS cells
JOIN divisions ON divisions.division_code = cells.scope_code
WHERE cells.indicator = $indicator AND cells.period = $period AND cells.scope = $reading AND cells.group_kind = 'all'
  AND (divisions.valid_from IS NULL OR divisions.valid_from <= last_day(($period || '-01')::DATE))
  AND (divisions.valid_to IS NULL OR divisions.valid_to >= last_day(($period || '-01')::DATE))
  AND ($reading = 'own' OR divisions.kind IN ('prefecture', 'corps_division'))
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, scope_code || '/' || scope))
ORDER BY cells.value DESC NULLS LAST, cells.scope_code;
