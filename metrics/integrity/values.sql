-- The counts of one tally in open periods, one row per organisation and column.
INSERT INTO integrity_values
SELECT $contract, division_code, period, organisation_code, filing_id, row, column_name, value
FROM (UNPIVOT (FROM query_table($contract) SEMI JOIN integrity_opening ON last_month(period) >= open_from) ON COLUMNS('.*_count$') INTO NAME column_name VALUE value);
