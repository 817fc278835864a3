-- One reporter's filings, contract by contract, over its newest periods.
SELECT expected.*, contracts.title AS contract_title, contracts.frequency
FROM expected_filings AS expected
JOIN contracts ON contracts.contract = expected.contract
WHERE expected.division_code = $division_code AND expected.month <= $period
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, expected.division_code))
QUALIFY row_number() OVER (PARTITION BY expected.contract ORDER BY expected.month DESC) <= $count
ORDER BY contracts.rowid, expected.month;
