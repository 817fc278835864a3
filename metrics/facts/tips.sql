-- Tips by the month they came, as last reported (Art. 36): whether to take one up is asked for within seven days, a
-- decision within sixty. One that is passed on or not taken up is decided. Nothing here is of who reported.
CREATE OR REPLACE TABLE fact_tips AS
WITH states AS (
    SELECT
        *,
        window_start(month_starts_on, $window_months) AS window_starts_on,
        -- a tip not taken up is answered on the day of that decision
        coalesce(accepted_on, CASE WHEN outcome IN ('not_accepted', 'handed_over') THEN decided_on END) AS answered_on,
        received_on + 7 <= month_ends_on AS is_answer_due,
        received_on + 60 <= month_ends_on AS is_decision_due,
        coalesce(decided_on <= month_ends_on, FALSE) AND outcome IN ('substantiated', 'partly') AS is_substantiated
    FROM event_states('tips', tip_code)
)

SELECT
    states.division_code,
    states.as_of AS period,
    month_of(states.received_on) AS event_period,
    'tips' AS contract,
    states.filing_id,
    states.file_name,
    states.sheet,
    states.row,
    states.tip_code AS subject,
    NULL::VARCHAR AS organisation_code,
    NULL::VARCHAR AS sector,
    NULL::VARCHAR AS level,
    states.is_answer_due::INTEGER AS answer_due,
    (states.is_answer_due AND coalesce(states.answered_on <= states.received_on + 7, FALSE))::INTEGER
        AS answered_in_7_days,
    states.is_decision_due::INTEGER AS decision_due,
    (states.is_decision_due AND coalesce(states.decided_on <= states.received_on + 60, FALSE))::INTEGER
        AS decided_in_60_days,
    states.is_substantiated::INTEGER AS substantiated,
    (states.is_substantiated AND coalesce(states.reward_given, FALSE))::INTEGER AS rewarded
FROM states
WHERE states.received_on BETWEEN states.window_starts_on AND states.month_ends_on
ORDER BY states.as_of, states.division_code, states.tip_code, states.row;
