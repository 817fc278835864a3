-- Findings of the window by the month they were found, and whether the same organisation had the same item of Art. 41
-- found within the 24 months before. Two findings of one day are one inspection, not a repeat.
CREATE OR REPLACE TABLE fact_repeat_findings AS
WITH states AS (
    SELECT
        *,
        window_start(month_starts_on, $window_months) AS window_starts_on
    FROM event_states('findings', finding_code)
),

-- by organisation, not by reporter: a merger of divisions does not wipe the slate clean
with_last_time AS (
    SELECT
        *,
        max(found_on) OVER (
            PARTITION BY as_of, organisation_code, item
            ORDER BY found_on
            RANGE BETWEEN INTERVAL 24 MONTHS PRECEDING AND INTERVAL 1 DAY PRECEDING
        ) AS last_found_on
    FROM states
)

SELECT
    with_last_time.division_code,
    with_last_time.as_of AS period,
    month_of(with_last_time.found_on) AS event_period,
    'findings' AS contract,
    with_last_time.filing_id,
    with_last_time.file_name,
    with_last_time.sheet,
    with_last_time.row,
    with_last_time.finding_code AS subject,
    with_last_time.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    1 AS found,
    (with_last_time.last_found_on IS NOT NULL)::INTEGER AS repeated
FROM with_last_time
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
WHERE with_last_time.found_on BETWEEN with_last_time.window_starts_on AND with_last_time.month_ends_on
ORDER BY with_last_time.as_of, with_last_time.division_code, with_last_time.finding_code;
