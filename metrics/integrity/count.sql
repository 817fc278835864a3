-- Scalars of what one rule counted, for the contracts that it looks at; the evidence stays behind.
SELECT * EXCLUDE (evidence)
FROM integrity_counted
WHERE list_contains($contracts, contract)
ORDER BY contract, period, division_code;
