-- Reminders sent for the filings that a cell lacks: to a county's prefecture, to the 兵团 for its divisions, to others
-- themselves (pipelines.reminders); a reminder for a month covers every period that ends in it.
WITH needs AS (
    SELECT unnest(string_split(contract, ',')) AS contract
    FROM indicators
    WHERE indicator = $indicator AND contract IS NOT NULL
)

SELECT
    expected.contract,
    expected.division_code,
    expected.period,
    events.at,
    events.actor,
    events.division_code AS recipient_code,
    recipients.name AS recipient_name,
    events.period AS reminded_period
FROM needs
INNER JOIN periods_of_record AS record ON needs.contract = record.contract AND record.period = $period
INNER JOIN expected_filings AS expected
    ON record.contract = expected.contract AND record.contract_period = expected.period
INNER JOIN scopes
    ON
        expected.division_code = scopes.member_code
        AND scopes.scope_code = $scope_code
        AND scopes.scope = $scope
INNER JOIN divisions ON expected.division_code = divisions.division_code AND divisions.valid_to IS NULL
INNER JOIN events
    ON
        events.kind = 'reminded'
        AND events.period IN (expected.period, expected.month)
        AND events.division_code
        = if(divisions.kind IN ('county', 'corps_division'), divisions.parent_code, divisions.division_code)
LEFT JOIN divisions AS recipients ON events.division_code = recipients.division_code AND recipients.valid_to IS NULL
WHERE expected.state NOT IN ('on_time', 'late')
ORDER BY events.at, events.division_code, expected.contract, expected.division_code;
