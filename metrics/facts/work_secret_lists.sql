-- Lists of work secrets on the register of record (Art. 43): kept up to date, and the systems that hold such matters
-- tested. A stock. A list is fresh when it took effect or was gone through in the twelve months up to the month's end.
CREATE OR REPLACE TABLE fact_work_secret_lists AS
WITH states AS (FROM rows_of_record('work_secret_lists'))

SELECT
    states.division_code,
    states.as_of AS period,
    NULL::VARCHAR AS event_period,
    'work_secret_lists' AS contract,
    states.filing_id,
    states.file_name,
    states.sheet,
    states.row,
    states.list_code AS subject,
    states.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    1 AS lists,
    (
        coalesce(states.effective_on BETWEEN window_start(states.month_starts_on, 12) AND states.month_ends_on, FALSE)
        OR coalesce(
            states.last_reviewed_on BETWEEN window_start(states.month_starts_on, 12) AND states.month_ends_on, FALSE
        )
    )::INTEGER AS fresh,
    coalesce(states.system_count, 0) AS systems,
    at_most(states.systems_tested_count, states.system_count) AS systems_tested
FROM states
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
ORDER BY states.as_of, states.division_code, states.list_code, states.row;
