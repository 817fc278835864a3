-- Every submission for the periods of record at a month, and what was refused without a period in those weeks.
WITH record AS (
    SELECT contract, arg_max(period, month) AS period
    FROM expected_filings
    WHERE month <= $period
    GROUP BY contract
)
SELECT filings.*, divisions.name AS division_name, divisions.parent_code, contracts.title AS contract_title
FROM shown_filings AS filings
LEFT JOIN divisions ON divisions.division_code = filings.division_code AND divisions.valid_to IS NULL
LEFT JOIN contracts ON contracts.contract = filings.contract
LEFT JOIN record ON record.contract = filings.contract AND record.period = filings.period
WHERE (record.period IS NOT NULL
       OR (filings.status = 'refused' AND strftime(filings.received_at, '%Y-%m') = $received_month))
  AND ($within::VARCHAR IS NULL
       OR filings.division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, filings.division_code))
ORDER BY filings.received_at DESC, filings.filing_id;
