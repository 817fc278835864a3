-- Filings that the indicator needs for the period of record and that have not been accepted, in this scope.
WITH needs AS (
    SELECT unnest(string_split(contract, ',')) AS contract
    FROM indicators
    WHERE indicator = $indicator AND contract IS NOT NULL
)

SELECT
    expected.contract,
    contracts.title AS contract_title,
    expected.division_code,
    divisions.name AS division_name,
    expected.period,
    expected.due_on,
    expected.state,
    expected.attempts
FROM needs
INNER JOIN periods_of_record AS record ON needs.contract = record.contract AND record.period = $period
INNER JOIN expected_filings AS expected
    ON record.contract = expected.contract AND record.contract_period = expected.period
INNER JOIN scopes
    ON
        expected.division_code = scopes.member_code
        AND scopes.scope_code = $scope_code
        AND scopes.scope = $scope
LEFT JOIN contracts ON expected.contract = contracts.contract
LEFT JOIN divisions ON expected.division_code = divisions.division_code
WHERE expected.state NOT IN ('on_time', 'late')
ORDER BY expected.contract, expected.division_code;
