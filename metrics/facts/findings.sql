-- Findings ordered to be rectified by a day (Art. 41), as last reported by each month: those due in the window, and
-- whatever is still open, however old or not yet due. They count in the month in which they fall due.
-- The due day itself is still in time; a finding is overdue from the day after.
CREATE OR REPLACE TABLE fact_findings AS
WITH months AS (FROM months),

findings AS (FROM findings),

organisations AS (FROM organisations),

-- a filed state holds until the reporter's next filing that names the same finding
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
        versions.*,
        versions.rectified_on IS NULL OR versions.rectified_on > months.ends_on AS is_open
    FROM months
    INNER JOIN versions
        ON
            months.period >= versions.period
            AND (versions.next_period IS NULL OR months.period < versions.next_period)
)

SELECT
    states.division_code,
    states.as_of AS period,
    month_of(states.due_on) AS event_period,
    'findings' AS contract,
    states.filing_id,
    states.file_name,
    states.sheet,
    states.row,
    states.finding_code AS subject,
    states.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    (states.due_on <= states.ends_on)::INTEGER AS due,
    (states.due_on <= states.ends_on AND coalesce(states.rectified_on <= states.due_on, FALSE))::INTEGER
        AS rectified_on_time,
    states.is_open::INTEGER AS open,
    (states.is_open AND states.due_on < states.ends_on)::INTEGER AS overdue,
    CASE WHEN states.is_open AND states.due_on < states.ends_on THEN states.ends_on - states.due_on ELSE 0 END
        AS days_overdue,
    CASE WHEN states.is_open AND states.due_on >= states.ends_on THEN states.due_on - states.ends_on END AS days_left,
    coalesce(states.is_leak_confirmed, FALSE)::INTEGER AS leak_confirmed,
    coalesce(states.criticised_on <= states.ends_on, FALSE)::INTEGER AS criticised
FROM states
LEFT JOIN organisations
    ON
        states.division_code = organisations.division_code
        AND states.organisation_code = organisations.organisation_code
        AND states.quarter_of_record = organisations.period
WHERE states.is_open OR states.due_on BETWEEN states.window_starts_on AND states.ends_on
ORDER BY states.as_of, states.division_code, states.finding_code;
