-- What was due and what became of it, one row per contract, reporter and period of the contract.
SELECT expected.*, contracts.title AS contract_title, divisions.short_name, divisions.kind AS division_kind,
    divisions.parent_code, filings.row_count, filings.query_count, filings.explained_count, filings.is_nil
FROM expected_filings AS expected
JOIN contracts USING (contract)
LEFT JOIN divisions ON divisions.division_code = expected.division_code AND divisions.valid_to IS NULL
LEFT JOIN (FROM shown_filings) AS filings USING (filing_id)
WHERE ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, expected.division_code))
ORDER BY expected.month, contracts.rowid, expected.division_code;
