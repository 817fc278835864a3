-- What several rules count over. Temporary: it serves the computation and does not stand in the snapshot.

-- Filings that came, with the reporter's own period before each.
CREATE OR REPLACE TEMP TABLE integrity_filings AS
SELECT
    contract,
    division_code,
    period,
    month,
    filing_id,
    last_month(period) >= (SELECT open_from FROM integrity_opening) AS is_open,
    lag(period) OVER by_reporter AS period_before,
    lag(period, 2) OVER by_reporter AS period_before_that
FROM expected_filings
WHERE state IN ('on_time', 'late')
WINDOW by_reporter AS (PARTITION BY contract, division_code ORDER BY period);

-- Counts of the tallies in open periods, one row per organisation and column; filled contract by contract (values.sql).
CREATE OR REPLACE TEMP TABLE integrity_values (
    contract VARCHAR, division_code VARCHAR, period VARCHAR, organisation_code VARCHAR, filing_id VARCHAR, row BIGINT,
    column_name VARCHAR, value BIGINT
);

-- The same as wholes, one per row that says enough to be compared; filled contract by contract (rows.sql).
CREATE OR REPLACE TEMP TABLE integrity_rows (
    contract VARCHAR, division_code VARCHAR, period VARCHAR, organisation_code VARCHAR, filing_id VARCHAR, row BIGINT,
    figures BIGINT[]
);

-- Sums of a rate's two columns by reporter and period, over the rows that fill in both; `done` where no row counts for
-- more than its whole. Filled rate by rate (totals.sql).
CREATE OR REPLACE TEMP TABLE integrity_totals (
    contract VARCHAR, division_code VARCHAR, period VARCHAR, numerator VARCHAR, x BIGINT, n BIGINT, done BIGINT
);

-- Keys of the registers; filled contract by contract (keys.sql).
CREATE OR REPLACE TEMP TABLE integrity_keys (
    contract VARCHAR, division_code VARCHAR, period VARCHAR, key VARCHAR, filing_id VARCHAR, row BIGINT
);

CREATE OR REPLACE TABLE integrity_signals (
    division_code VARCHAR,
    contract VARCHAR,
    rule VARCHAR,
    period VARCHAR,
    value DOUBLE,
    "limit" DOUBLE,
    p_value DOUBLE,
    trials DOUBLE,
    is_signal BOOLEAN,
    evidence STRUCT(evidence_period VARCHAR, filing_id VARCHAR, "row" BIGINT, detail VARCHAR)[]
);
