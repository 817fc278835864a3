-- Inspections by the month they began, as last reported (Art. 6, 22, 34, 41). Orders and findings are counted of those
-- that somebody else made; a report is asked for within fifteen days of any inspection's end.
CREATE OR REPLACE TABLE fact_inspections AS
WITH states AS (
    SELECT
        *,
        window_start(month_starts_on, $window_months) AS window_starts_on,
        inspection_kind <> 'self' AND coalesce(ended_on <= month_ends_on, FALSE) AS is_done_by_others,
        is_done_by_others AND coalesce(finding_count > 0, FALSE) AS has_findings,
        coalesce(ended_on + 15 <= month_ends_on, FALSE) AS is_report_due
    FROM event_states('inspections', inspection_code)
)

SELECT
    states.division_code,
    states.as_of AS period,
    month_of(states.started_on) AS event_period,
    'inspections' AS contract,
    states.filing_id,
    states.file_name,
    states.sheet,
    states.row,
    states.inspection_code AS subject,
    states.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    states.is_done_by_others::INTEGER AS done,
    states.has_findings::INTEGER AS with_findings,
    (states.has_findings AND coalesce(states.order_issued_on <= states.month_ends_on, FALSE))::INTEGER AS ordered,
    CASE WHEN states.is_done_by_others THEN coalesce(states.item_checked_count, 0) ELSE 0 END AS items_checked,
    CASE WHEN states.is_done_by_others THEN coalesce(states.finding_count, 0) ELSE 0 END AS findings,
    states.is_report_due::INTEGER AS report_due,
    (states.is_report_due AND coalesce(states.report_filed_on <= states.ended_on + 15, FALSE))::INTEGER
        AS report_filed_in_15_days
FROM states
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
WHERE states.started_on BETWEEN states.window_starts_on AND states.month_ends_on
ORDER BY states.as_of, states.division_code, states.inspection_code, states.row;
