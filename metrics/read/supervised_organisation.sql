-- An organisation by its code, as last filed by the reporters that the reader may see.
SELECT organisation_code, organisation_name, division_code, level, sector
FROM organisations
WHERE organisation_code = $organisation_code
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, division_code))
ORDER BY period DESC
LIMIT 1;
