SELECT expected.*, divisions.name AS division_name, contracts.title AS contract_title
FROM expected_filings AS expected
LEFT JOIN divisions ON divisions.division_code = expected.division_code AND divisions.valid_to IS NULL
LEFT JOIN contracts ON contracts.contract = expected.contract
WHERE expected.contract = $contract AND expected.division_code = $division_code AND expected.period = $period
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, expected.division_code));
