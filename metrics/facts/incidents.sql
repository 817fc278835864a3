-- Incidents of Art. 39, as last reported by each month: those found in the window, and whatever is not closed. They
-- count in the month in which they were found.
CREATE OR REPLACE TABLE fact_incidents AS
WITH states AS (
    SELECT
        *,
        window_start(month_starts_on, $window_months) AS window_starts_on,
        coalesce(investigation_opened_on <= month_ends_on, FALSE) AS is_opened,
        coalesce(others_told_on <= month_ends_on, FALSE) AS is_told,
        coalesce(closed_on <= month_ends_on, FALSE) AS is_closed
    FROM event_states('incidents', incident_code)
)

SELECT
    states.division_code,
    states.as_of AS period,
    month_of(states.found_at) AS event_period,
    'incidents' AS contract,
    states.filing_id,
    states.file_name,
    states.sheet,
    states.row,
    states.incident_code AS subject,
    states.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    1 AS found,
    coalesce(states.reported_at <= states.found_at + INTERVAL 24 HOURS, FALSE)::INTEGER AS reported_24h,
    states.is_opened::INTEGER AS investigation_opened,
    (states.is_opened AND states.is_told)::INTEGER AS others_told,
    states.is_closed::INTEGER AS closed,
    coalesce(states.leak = 'confirmed', FALSE)::INTEGER AS leak_confirmed,
    round(date_diff('minute', states.found_at, states.reported_at) / 60, 2) AS hours_to_report,
    CASE
        WHEN states.is_opened OR states.is_closed THEN 0
        ELSE greatest(states.month_ends_on - states.reported_at::DATE, 0)
    END AS days_uninvestigated,
    greatest(
        least(
            coalesce(states.investigation_opened_on, states.month_ends_on),
            coalesce(states.closed_on, states.month_ends_on),
            states.month_ends_on
        ) - states.reported_at::DATE,
        0
    ) AS days_to_investigate
FROM states
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
WHERE
    states.found_at::DATE <= states.month_ends_on
    AND (NOT states.is_closed OR states.found_at >= states.window_starts_on)
ORDER BY states.as_of, states.division_code, states.incident_code;
