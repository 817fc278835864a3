-- The keys of one register, one row each.
INSERT INTO integrity_keys
SELECT $contract, division_code, period, COLUMNS(lambda name: name = $key), filing_id, row
FROM query_table($contract);
