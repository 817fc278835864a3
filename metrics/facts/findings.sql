-- Findings ordered to be rectified by a day (Art. 41), as last reported by each month: those due in the window, and
-- whatever is still open, however old or not yet due. They count in the month in which they fall due.
-- The due day itself is still in time; a finding is overdue from the day after.
CREATE OR REPLACE TABLE fact_findings AS
WITH states AS (
    SELECT
        *,
        window_start(month_starts_on, $window_months) AS window_starts_on,
        due_on <= month_ends_on AS is_due,
        month_ends_on - due_on AS days_past_due,
        rectified_on IS NULL OR rectified_on > month_ends_on AS is_open
    FROM event_states('findings', finding_code)
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
    states.is_due::INTEGER AS due,
    (states.is_due AND coalesce(states.rectified_on <= states.due_on, FALSE))::INTEGER AS rectified_on_time,
    states.is_open::INTEGER AS open,
    (states.is_open AND states.days_past_due > 0)::INTEGER AS overdue,
    CASE WHEN states.is_open AND states.days_past_due > 0 THEN states.days_past_due ELSE 0 END AS days_overdue,
    CASE WHEN states.is_open AND states.days_past_due <= 0 THEN -states.days_past_due END AS days_left,
    coalesce(states.is_leak_confirmed, FALSE)::INTEGER AS leak_confirmed,
    coalesce(states.criticised_on <= states.month_ends_on, FALSE)::INTEGER AS criticised,
    (NOT states.is_open)::INTEGER AS rectified,
    (NOT states.is_open AND coalesce(states.verified_on <= states.month_ends_on, FALSE))::INTEGER AS verified,
    coalesce(states.severity = 'grave', FALSE)::INTEGER AS grave,
    -- what is still open has taken as long as it has been known; what is not due yet says nothing
    CASE
        WHEN NOT states.is_due THEN NULL
        WHEN states.is_open THEN states.month_ends_on - states.ordered_on
        ELSE greatest(states.rectified_on - states.ordered_on, 0)
    END AS days_to_rectify
FROM states
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
WHERE states.is_open OR states.due_on BETWEEN states.window_starts_on AND states.month_ends_on
ORDER BY states.as_of, states.division_code, states.finding_code;
