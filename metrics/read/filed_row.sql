-- One row as filed, from the contract's own table.
SELECT *
FROM query_table($contract)
WHERE filing_id = $filing_id AND sheet = $sheet AND "row" = $row
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, division_code));
