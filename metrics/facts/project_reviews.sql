-- Information system projects by the month they were approved, as last reported (Art. 19): the approving department is to
-- have them examined together with the bureau, and an examination after the approval, or one failed, comes too late.
CREATE OR REPLACE TABLE fact_project_reviews AS
WITH states AS (
    SELECT
        *,
        window_start(month_starts_on, $window_months) AS window_starts_on
    FROM event_states('project_reviews', project_code)
)

SELECT
    states.division_code,
    states.as_of AS period,
    month_of(states.approved_on) AS event_period,
    'project_reviews' AS contract,
    states.filing_id,
    states.file_name,
    states.sheet,
    states.row,
    states.project_code AS subject,
    states.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    1 AS approved,
    (
        coalesce(states.joint_review_on <= states.approved_on, FALSE)
        AND coalesce(states.review_result IN ('passed', 'conditional'), FALSE)
    )::INTEGER AS reviewed_first
FROM states
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
WHERE states.approved_on BETWEEN states.window_starts_on AND states.month_ends_on
ORDER BY states.as_of, states.division_code, states.project_code, states.row;
