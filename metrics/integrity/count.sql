-- Scalars of what one rule counted, for the contracts that it looks at, in periods that are open; the evidence stays behind.
SELECT * EXCLUDE (evidence)
FROM integrity_counted
WHERE list_contains($contracts, contract) AND last_month(period) >= $open_from
ORDER BY contract, period, division_code;
