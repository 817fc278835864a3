-- Alerts by the month they came, as last reported (Art. 22, 38): to be verified within 24 hours and disposed of within
-- fifteen days. One that came so late in the month that its time is not yet up is not asked for.
CREATE OR REPLACE TABLE fact_alert_checks AS
WITH states AS (
    SELECT
        *,
        window_start(month_starts_on, $window_months) AS window_starts_on,
        alert_received_at::DATE < month_ends_on AS is_verification_due,
        alert_received_at::DATE + 15 <= month_ends_on AS is_disposal_due,
        coalesce(verified_at::DATE <= month_ends_on, FALSE) AND result IN ('true_alert', 'false_alarm') AS is_verified
    FROM event_states('alert_checks', alert_code)
)

SELECT
    states.division_code,
    states.as_of AS period,
    month_of(states.alert_received_at) AS event_period,
    'alert_checks' AS contract,
    states.filing_id,
    states.file_name,
    states.sheet,
    states.row,
    states.alert_code AS subject,
    states.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    states.is_verification_due::INTEGER AS verification_due,
    (
        states.is_verification_due
        AND coalesce(states.verified_at <= states.alert_received_at + INTERVAL 24 HOURS, FALSE)
    )::INTEGER AS verified_24h,
    states.is_disposal_due::INTEGER AS disposal_due,
    (
        states.is_disposal_due
        AND coalesce(states.disposed_on <= states.alert_received_at::DATE + 15, FALSE)
    )::INTEGER AS disposed_in_15_days,
    states.is_verified::INTEGER AS verified,
    (states.is_verified AND states.result = 'true_alert')::INTEGER AS true_alert
FROM states
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
WHERE states.alert_received_at::DATE BETWEEN states.window_starts_on AND states.month_ends_on
ORDER BY states.as_of, states.division_code, states.alert_code, states.row;
