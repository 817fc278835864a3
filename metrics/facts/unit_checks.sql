-- Checks of qualified units by the month of the check, as last reported (Art. 26).
CREATE OR REPLACE TABLE fact_unit_checks AS
WITH states AS (
    SELECT
        *,
        window_start(month_starts_on, $window_months) AS window_starts_on,
        coalesce(rectification_due_on <= month_ends_on, FALSE) AS is_due
    FROM event_states('qualified_unit_checks', check_code)
)

SELECT
    states.division_code,
    states.as_of AS period,
    month_of(states.checked_on) AS event_period,
    'qualified_unit_checks' AS contract,
    states.filing_id,
    states.file_name,
    states.sheet,
    states.row,
    states.check_code AS subject,
    NULL::VARCHAR AS organisation_code,
    NULL::VARCHAR AS sector,
    NULL::VARCHAR AS level,
    coalesce(states.outcome <> 'pending', FALSE)::INTEGER AS concluded,
    coalesce(states.outcome = 'failed', FALSE)::INTEGER AS failed,
    states.is_due::INTEGER AS due,
    (states.is_due AND coalesce(states.rectified_on <= states.rectification_due_on, FALSE))::INTEGER
        AS rectified_on_time
FROM states
WHERE states.checked_on BETWEEN states.window_starts_on AND states.month_ends_on
ORDER BY states.as_of, states.division_code, states.check_code, states.row;
