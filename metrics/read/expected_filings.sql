-- Filings of record at a month: for each contract the newest period that has ended by then.
SELECT
    expected.*, divisions.name AS division_name, divisions.short_name, divisions.kind, divisions.parent_code,
    contracts.title AS contract_title
FROM expected_filings AS expected
JOIN divisions ON divisions.division_code = expected.division_code AND divisions.valid_to IS NULL
JOIN contracts ON contracts.contract = expected.contract
WHERE expected.month <= $period
  AND ($within::VARCHAR IS NULL
       OR expected.division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, expected.division_code))
QUALIFY expected.month = max(expected.month) OVER (PARTITION BY expected.contract)
ORDER BY contracts.rowid, expected.division_code;
