-- What several evidence queries share. Temporary: it serves the computation and does not stand in the snapshot.

-- The newest filing of each register that had come for a month or a quarter ended by then. A facility that was not
-- filed does not become filed because the reporter fell silent: the last register known stands in.
CREATE OR REPLACE TEMP TABLE newest_registers AS
SELECT
    months.period,
    months.ends_on,
    expected.contract,
    expected.division_code,
    max(expected.period) AS filing_period,
    arg_max(expected.filing_id, expected.period) AS filing_id
FROM months
INNER JOIN expected_filings AS expected ON months.period >= expected.month
WHERE expected.state IN ('on_time', 'late')
GROUP BY ALL;

-- Names of organisations as the newest register known in a month gives them.
CREATE OR REPLACE TEMP TABLE organisation_names AS
SELECT
    months.period,
    organisations.organisation_code,
    arg_max(organisations.organisation_name, (organisations.period, organisations.division_code)) AS organisation_name
FROM months
INNER JOIN organisations ON months.quarter_of_record >= organisations.period
GROUP BY ALL;
