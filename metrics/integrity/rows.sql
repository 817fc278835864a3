-- Rows of the tallies as wholes. Only those that say enough are compared: a row of zeros and ones is like many others.
CREATE OR REPLACE TEMP TABLE integrity_rows AS
SELECT
    contract,
    division_code,
    period,
    organisation_code,
    any_value(filing_id) AS filing_id,
    any_value(row) AS row,
    list(value ORDER BY column_name) AS figures
FROM integrity_values
GROUP BY contract, division_code, period, organisation_code
HAVING sum(value) >= 15 AND count(DISTINCT value) FILTER (WHERE value > 0) >= 2;
