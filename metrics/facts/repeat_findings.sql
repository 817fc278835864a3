-- Findings of the window by the month they were found, and whether the same organisation had the same item of Art. 41
-- found within the 24 months before. Two findings of one day are one inspection, not a repeat.
CREATE OR REPLACE TABLE fact_repeat_findings AS
WITH months AS (FROM months),

findings AS (FROM findings),

organisations AS (FROM organisations),

versions AS (
    SELECT
        *,
        lead(period) OVER (PARTITION BY division_code, finding_code ORDER BY period, row) AS next_period
    FROM findings
),

states AS (
    SELECT
        months.period AS as_of,
        months.ends_on,
        months.quarter_of_record,
        window_start(months.starts_on, $window_months) AS window_starts_on,
        versions.*
    FROM months
    INNER JOIN versions
        ON
            months.period >= versions.period
            AND (versions.next_period IS NULL OR months.period < versions.next_period)
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
LEFT JOIN organisations
    ON
        with_last_time.division_code = organisations.division_code
        AND with_last_time.organisation_code = organisations.organisation_code
        AND with_last_time.quarter_of_record = organisations.period
WHERE with_last_time.found_on BETWEEN with_last_time.window_starts_on AND with_last_time.ends_on
ORDER BY with_last_time.as_of, with_last_time.division_code, with_last_time.finding_code;
