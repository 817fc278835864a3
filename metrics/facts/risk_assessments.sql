-- Risk assessments by the organisations themselves (Art. 22, 38, 41), as last reported, by the month they were completed.
-- What was found is closed or past due by the end of the quarter that was last reported.
CREATE OR REPLACE TABLE fact_risk_assessments AS
WITH states AS (
    SELECT
        *,
        window_start(month_starts_on, $window_months) AS window_starts_on
    FROM event_states('risk_assessments', assessment_code)
)

SELECT
    states.division_code,
    states.as_of AS period,
    month_of(states.assessed_on) AS event_period,
    'risk_assessments' AS contract,
    states.filing_id,
    states.file_name,
    states.sheet,
    states.row,
    states.assessment_code AS subject,
    states.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    coalesce(states.risk_found_count, 0) AS risks,
    at_most(states.risk_closed_count, states.risk_found_count) AS risks_closed,
    at_most(states.risk_past_due_count, states.risk_found_count) AS risks_past_due
FROM states
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
WHERE states.assessed_on BETWEEN states.window_starts_on AND states.month_ends_on
ORDER BY states.as_of, states.division_code, states.assessment_code, states.row;
