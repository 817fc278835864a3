-- One row as filed, from the contract's own table. An incident, tip or alert of another unit is shown only where a
-- warning rests on it: who has to see to the warning must know its case.
SELECT *
FROM query_table($contract) AS filed
WHERE filing_id = $filing_id AND sheet = $sheet AND "row" = $row
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, division_code))
  AND ($exact::VARCHAR[] IS NULL OR list_contains($exact, division_code)
       OR NOT list_contains($guarded_contracts::VARCHAR[], $contract)
       OR EXISTS (
           FROM warning_evidence AS evidence
           WHERE evidence.filing_id = filed.filing_id AND evidence.sheet = filed.sheet AND evidence."row" = filed."row"
       ));
