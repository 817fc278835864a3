-- How far one cell may be relied on.
SELECT
    completeness,
    newest_filing_on,
    data_age_days,
    reliability,
    reliability_reasons
FROM cell_statistics
WHERE
    indicator = $indicator
    AND scope_code = $scope_code
    AND scope = $scope
    AND period = $period;
