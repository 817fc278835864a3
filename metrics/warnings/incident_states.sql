-- Incidents of Art. 39 that are not closed at a month's end, or that were first told of in that month: one that comes
-- already closed is still seen once. Subject: the incident.
WITH first_told AS (
    SELECT
        division_code,
        incident_code,
        min(period) AS period
    FROM incidents
    GROUP BY ALL
)

SELECT
    facts.period,
    facts.division_code,
    facts.subject,
    coalesce(categories.title, filed.category) || '（' || facts.subject || '）' AS subject_title,
    facts.contract,
    filed.period AS evidence_period,
    facts.filing_id,
    facts.file_name,
    facts.sheet,
    facts.row,
    filed.found_at::DATE AS found_on,
    filed.reported_at::DATE AS reported_on,
    months.ends_on - filed.found_at::DATE AS days_since_found,
    facts.days_uninvestigated AS uninvestigated_days,
    CASE WHEN filed.others_told_on IS NULL AND facts.closed = 0 THEN months.ends_on - filed.reported_at::DATE END
    AS untold_days,
    facts.hours_to_report,
    format('{:.1f}', facts.hours_to_report) AS hours_text,
    (first_told.period = facts.period)::INTEGER AS is_first_told,
    facts.leak_confirmed AS is_leak_confirmed,
    coalesce(leaks.title, filed.leak) AS leak_title,
    CASE WHEN facts.closed = 1 THEN '已于 ' || filed.closed_on || ' 办结' ELSE '尚未办结' END AS closing
FROM fact_incidents AS facts
INNER JOIN months ON facts.period = months.period
INNER JOIN incidents AS filed
    ON facts.filing_id = filed.filing_id AND facts.row = filed.row AND facts.subject = filed.incident_code
INNER JOIN first_told ON facts.division_code = first_told.division_code AND facts.subject = first_told.incident_code
LEFT JOIN codes AS categories
    ON categories.contract = 'incidents' AND categories.column_name = 'category' AND categories.code = filed.category
LEFT JOIN codes AS leaks ON leaks.contract = 'incidents' AND leaks.column_name = 'leak' AND leaks.code = filed.leak
WHERE facts.closed = 0 OR first_told.period = facts.period
ORDER BY facts.period, facts.division_code, facts.subject;
