-- Information system projects beyond their approval and not yet retired, as last reported (Art. 19). A stock.
CREATE OR REPLACE TABLE fact_running_projects AS
WITH states AS (FROM event_states('project_reviews', project_code))

SELECT
    states.division_code,
    states.as_of AS period,
    NULL::VARCHAR AS event_period,
    'project_reviews' AS contract,
    states.filing_id,
    states.file_name,
    states.sheet,
    states.row,
    states.project_code AS subject,
    states.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    1 AS running,
    (
        coalesce(states.has_protection_system, FALSE) AND coalesce(states.protection_grade <> 'undecided', FALSE)
    )::INTEGER AS protected,
    coalesce(
        CASE states.stage
            WHEN 'procurement' THEN states.has_procurement_measures
            WHEN 'construction' THEN states.has_construction_measures
            WHEN 'operation' THEN states.has_operation_measures
        END,
        FALSE
    )::INTEGER AS has_stage_measures
FROM states
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
WHERE states.stage IN ('procurement', 'construction', 'operation')
ORDER BY states.as_of, states.division_code, states.project_code, states.row;
