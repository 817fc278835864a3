-- The filed rows of one contract that count; the caller has checked that it is a contract. Incidents, tips and alerts
-- are for the unit that filed them, as in ledger_incidents.sql.
SELECT *
FROM query_table($contract)
WHERE ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, division_code))
  AND ($exact::VARCHAR[] IS NULL OR list_contains($exact, division_code)
       OR NOT list_contains($guarded_contracts::VARCHAR[], $contract))
ORDER BY period, division_code, filing_id, row;
