-- Divisions that stand at a month's end and that the reader may see: their own and those whose reporters are all theirs.
SELECT divisions.*
FROM divisions
WHERE (valid_from IS NULL OR valid_from <= $day::DATE)
  AND (valid_to IS NULL OR valid_to >= $day::DATE)
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, division_code))
ORDER BY division_code;
