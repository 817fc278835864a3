-- Every submission of one contract, reporter and period, first to last.
SELECT filings.*, divisions.name AS division_name, contracts.title AS contract_title
FROM shown_filings AS filings
LEFT JOIN divisions ON divisions.division_code = filings.division_code AND divisions.valid_to IS NULL
LEFT JOIN contracts ON contracts.contract = filings.contract
WHERE filings.contract = $contract AND filings.division_code = $division_code AND filings.period = $period
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, filings.division_code))
ORDER BY filings.received_at;
