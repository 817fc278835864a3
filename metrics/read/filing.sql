SELECT filings.*, divisions.name AS division_name, contracts.title AS contract_title
FROM shown_filings AS filings
LEFT JOIN divisions ON divisions.division_code = filings.division_code AND divisions.valid_to IS NULL
LEFT JOIN contracts ON contracts.contract = filings.contract
WHERE filings.filing_id = $filing_id
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, filings.division_code));
