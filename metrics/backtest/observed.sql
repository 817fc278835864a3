-- For which reporters and months there are filings to see an outcome in; silence is not the absence of incidents.
SELECT division_code, month, bool_or(contract = 'incidents') AS sees_incidents, bool_or(contract = 'findings') AS sees_findings
FROM expected_filings
WHERE contract IN ('incidents', 'findings') AND filing_id IS NOT NULL AND state IN ('on_time', 'late')
GROUP BY ALL
ORDER BY ALL;
