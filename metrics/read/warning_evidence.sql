-- The filed rows that a warning rests on, down to file, sheet and row.
SELECT evidence.*, divisions.name AS division_name, contracts.title AS contract_title
FROM warning_evidence AS evidence
LEFT JOIN divisions ON divisions.division_code = evidence.division_code AND divisions.valid_to IS NULL
LEFT JOIN contracts ON contracts.contract = evidence.contract
WHERE evidence.warning_id = $warning_id AND evidence.period = $period
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, evidence.division_code))
ORDER BY evidence.evidence_period DESC, evidence.file_name, evidence.sheet, evidence.row;
