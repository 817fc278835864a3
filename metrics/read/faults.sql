-- Faults of one filing, mandatory first, in the order of the sheet.
SELECT faults.*, columns.title AS column_title
FROM faults
JOIN filings USING (filing_id)
LEFT JOIN contract_columns AS columns
    ON columns.contract = filings.contract AND columns.column_name = faults.column_name
WHERE faults.filing_id = $filing_id
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, filings.division_code))
ORDER BY faults.strength, faults.sheet, faults.row NULLS FIRST, faults.cell;
