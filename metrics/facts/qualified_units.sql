-- Qualified units on the register of record: Art. 26 asks the bureau for daily supervision. A stock.
-- `expires_on` is the last valid day, so a qualification has expired from the day after.
CREATE OR REPLACE TABLE fact_qualified_units AS
WITH months AS (FROM months),

qualified_units AS (FROM qualified_units),

states AS (
    SELECT
        months.period AS as_of,
        months.ends_on,
        qualified_units.*,
        coalesce(qualified_units.suspended_on <= months.ends_on, FALSE) AS is_suspended,
        coalesce(qualified_units.expires_on < months.ends_on, FALSE) AS is_past_expiry
    FROM months
    INNER JOIN qualified_units ON months.quarter_of_record = qualified_units.period
)

SELECT
    division_code,
    as_of AS period,
    NULL::VARCHAR AS event_period,
    'qualified_units' AS contract,
    filing_id,
    file_name,
    sheet,
    row,
    unit_code AS subject,
    NULL::VARCHAR AS organisation_code,
    NULL::VARCHAR AS sector,
    NULL::VARCHAR AS level,
    1 AS listed,
    is_suspended::INTEGER AS suspended,
    (is_past_expiry AND NOT is_suspended)::INTEGER AS expired,
    CASE WHEN is_past_expiry AND NOT is_suspended THEN ends_on - expires_on ELSE 0 END AS days_expired,
    CASE WHEN NOT is_past_expiry AND NOT is_suspended THEN expires_on - ends_on END AS days_to_expiry,
    coalesce(live_commission_count, 0) AS live_commissions
FROM states
ORDER BY as_of, division_code, unit_code, row;
