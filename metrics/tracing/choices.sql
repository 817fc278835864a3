-- What could have been asked for: indicators, readings or months, by kind.
SELECT DISTINCT indicator AS choice FROM indicators WHERE $kind = 'indicator'
UNION
SELECT DISTINCT scope_code || '/' || scope AS choice FROM scopes WHERE $kind = 'reading' AND scope_code = $scope_code
UNION
SELECT period AS choice FROM months WHERE $kind = 'period'
ORDER BY choice;
