-- One indicator of one reading, split by sector and by level of organisation.
SELECT cells.*, codes.title AS group_title
FROM shown_cells AS cells
LEFT JOIN codes
    ON codes.contract = 'organisations' AND codes.column_name = cells.group_kind AND codes.code = cells.group_value
WHERE indicator = $indicator AND scope_code = $scope_code AND scope = $reading AND period = $period AND group_kind <> 'all'
  AND ($readings::VARCHAR[] IS NULL OR list_contains($readings, scope_code || '/' || scope))
ORDER BY group_kind DESC, value DESC NULLS LAST, group_value;
