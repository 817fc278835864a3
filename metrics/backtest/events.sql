-- What came to light, by reporter and month in which it was found: incidents, confirmed leaks, grave findings.
SELECT 'incident' AS outcome, division_code, strftime(found_at, '%Y-%m') AS month, count(DISTINCT incident_code) AS events
FROM incidents
GROUP BY ALL
UNION ALL
SELECT 'leak', division_code, month, count(*)
FROM (
    SELECT DISTINCT division_code, strftime(found_at, '%Y-%m') AS month, incident_code AS code
    FROM incidents
    WHERE leak = 'confirmed'
    UNION ALL
    SELECT DISTINCT division_code, strftime(found_on, '%Y-%m'), finding_code
    FROM findings
    WHERE is_leak_confirmed
)
GROUP BY ALL
UNION ALL
SELECT 'grave_finding', division_code, strftime(found_on, '%Y-%m'), count(DISTINCT finding_code)
FROM findings
WHERE severity = 'grave'
GROUP BY ALL
ORDER BY ALL;
