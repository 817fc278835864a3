-- Scalars of what one rule counted, for the contracts that it looks at, in periods that are open; the evidence stays
-- behind.
SELECT * EXCLUDE (evidence)
FROM integrity_counted
SEMI JOIN integrity_opening ON last_month(period) >= open_from
WHERE list_contains($contracts, contract)
ORDER BY contract, period, division_code;
