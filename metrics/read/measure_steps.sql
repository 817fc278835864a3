-- Every finding of one organisation in the ledger of measures at one month.
SELECT measures.*
FROM measures
WHERE measures.organisation_code = $organisation_code AND measures.period = $period
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, measures.division_code))
ORDER BY ordered_on, finding_code;
