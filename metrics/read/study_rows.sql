-- The filed rows of one contract that count; the caller has checked that it is a contract.
SELECT *
FROM query_table($contract)
WHERE ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, division_code))
ORDER BY period, division_code, filing_id, row;
