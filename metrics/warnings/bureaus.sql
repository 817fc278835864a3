-- What a division and its bureau are called, and whose bureau is the next above; the region's own bureau has none above it.
SELECT
    divisions.division_code,
    divisions.short_name AS division,
    divisions.short_name || '保密局' AS bureau,
    coalesce(parents.short_name, divisions.short_name) || '保密局' AS superior_bureau
FROM divisions
LEFT JOIN divisions AS parents ON divisions.parent_code = parents.division_code
ORDER BY divisions.division_code;
