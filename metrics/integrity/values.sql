-- The counts of one tally, one row per organisation and column.
INSERT INTO integrity_values
SELECT $contract, division_code, period, organisation_code, filing_id, row, column_name, value
FROM (UNPIVOT (FROM query_table($contract)) ON COLUMNS('.*_count$') INTO NAME column_name VALUE value);
