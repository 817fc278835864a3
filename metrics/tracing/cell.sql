-- One reading of one indicator at one month.
SELECT
    value,
    numerator,
    denominator,
    lower,
    upper,
    outcome,
    reporters_expected,
    reporters_filed
FROM cells
WHERE
    indicator = $indicator
    AND scope_code = $scope_code
    AND scope = $scope
    AND period = $period
    AND group_kind = 'all';
