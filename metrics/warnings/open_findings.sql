-- Findings not rectified at a month's end (Art. 41), each with how long it is past due or has left. Subject: the organisation.
SELECT
    facts.period,
    facts.division_code,
    facts.organisation_code AS subject,
    coalesce(names.organisation_name, facts.organisation_code) AS subject_title,
    facts.contract,
    filed.period AS evidence_period,
    facts.filing_id,
    facts.file_name,
    facts.sheet,
    facts.row,
    filed.finding_code,
    coalesce(items.title, filed.item) AS item_title,
    coalesce(severities.title, filed.severity) AS severity_title,
    filed.ordered_on,
    filed.due_on,
    facts.days_overdue AS overdue_days,
    facts.days_left,
    facts.leak_confirmed AS is_leak_confirmed,
    (filed.severity <> 'minor')::INTEGER AS is_serious,
    facts.criticised AS is_criticised,
    filed.criticised_on
FROM fact_findings AS facts
INNER JOIN findings AS filed
    ON facts.filing_id = filed.filing_id AND facts.row = filed.row AND facts.subject = filed.finding_code
LEFT JOIN organisation_names AS names
    ON facts.period = names.period AND facts.organisation_code = names.organisation_code
LEFT JOIN codes AS items ON items.contract = 'findings' AND items.column_name = 'item' AND items.code = filed.item
LEFT JOIN codes AS severities
    ON severities.contract = 'findings' AND severities.column_name = 'severity' AND severities.code = filed.severity
WHERE facts.open = 1
ORDER BY facts.period, facts.division_code, facts.organisation_code, filed.due_on, filed.finding_code;
