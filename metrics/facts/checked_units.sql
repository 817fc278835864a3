-- Qualified units on the register of record, and whether each was checked in the twelve months up to the month's end
-- (Art. 26 asks for daily supervision). A stock; a suspended unit may not work and need not be checked.
CREATE OR REPLACE TABLE fact_checked_units AS
WITH units AS (FROM fact_qualified_units),

checks AS (
    SELECT DISTINCT
        as_of,
        unit_code
    FROM event_states('qualified_unit_checks', check_code)
    WHERE checked_on BETWEEN window_start(month_starts_on, 12) AND month_ends_on
)

SELECT
    units.* EXCLUDE (listed, suspended, expired, days_expired, days_to_expiry, live_commissions),
    1 AS units,
    (checks.unit_code IS NOT NULL)::INTEGER AS checked
FROM units
-- by unit, not by reporter: a check by the bureau above counts too
LEFT JOIN checks ON units.period = checks.as_of AND units.subject = checks.unit_code
WHERE units.suspended = 0
ORDER BY units.period, units.division_code, units.subject, units.row;
