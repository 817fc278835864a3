-- What there was to see a trouble by, per reporter and month: a trouble that touched no case leaves no trace in filings.
SELECT 'findings_due' AS cases, division_code, strftime(due_on, '%Y-%m') AS month, count(DISTINCT finding_code) AS count
FROM findings
GROUP BY ALL
UNION ALL
SELECT 'filings_due', division_code, month, count(*)
FROM expected_filings
GROUP BY ALL
UNION ALL
SELECT 'facilities_in_use', division_code, strftime(in_use_on, '%Y-%m'), count(DISTINCT facility_code)
FROM self_monitoring_facilities
WHERE in_use_on IS NOT NULL
GROUP BY ALL
UNION ALL
SELECT 'incidents', division_code, strftime(found_at, '%Y-%m'), count(DISTINCT incident_code)
FROM incidents
GROUP BY ALL
UNION ALL
SELECT 'training_filed', division_code, month, count(*)
FROM expected_filings
WHERE contract = 'training' AND filing_id IS NOT NULL
GROUP BY ALL
UNION ALL
SELECT 'qualifications_expiring', division_code, strftime(expires_on, '%Y-%m'), count(DISTINCT unit_code)
FROM qualified_units
GROUP BY ALL
ORDER BY ALL;
