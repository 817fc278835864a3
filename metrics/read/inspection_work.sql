-- Findings by state and inspections of twelve months, by reporter, at one month. Every reporter from whom a filing of
-- findings was due has a row: `state` says whether it came, so that silence is not read as nothing found.
WITH findings AS (
    SELECT
        division_code,
        count(*) FILTER (WHERE is_open) AS open,
        count(*) FILTER (WHERE is_open AND measure = 'ordered') AS in_time,
        count(*) FILTER (WHERE is_open AND days_overdue > 0) AS overdue,
        count(*) FILTER (WHERE measure = 'criticism_proposed') AS criticism_proposed,
        count(*) FILTER (WHERE measure IN ('criticised', 'sanction_proposed', 'referred')) AS beyond,
        count(*) FILTER (WHERE measure = 'rectified') AS to_verify
    FROM measures
    WHERE period = $period
    GROUP BY division_code
),

inspections AS (
    SELECT
        division_code,
        coalesce(sum(done), 0)::BIGINT AS inspections,
        coalesce(sum(with_findings), 0)::BIGINT AS with_findings
    FROM fact_inspections
    WHERE period = $period AND event_period > $since
    GROUP BY division_code
)

SELECT
    expected.division_code, divisions.kind, divisions.parent_code, expected.state,
    coalesce(inspections.inspections, 0) AS inspections,
    coalesce(inspections.with_findings, 0) AS with_findings,
    coalesce(findings.open, 0) AS open,
    coalesce(findings.in_time, 0) AS in_time,
    coalesce(findings.overdue, 0) AS overdue,
    coalesce(findings.criticism_proposed, 0) AS criticism_proposed,
    coalesce(findings.beyond, 0) AS beyond,
    coalesce(findings.to_verify, 0) AS to_verify
FROM expected_filings AS expected
LEFT JOIN divisions ON divisions.division_code = expected.division_code AND divisions.valid_to IS NULL
LEFT JOIN findings ON findings.division_code = expected.division_code
LEFT JOIN inspections ON inspections.division_code = expected.division_code
WHERE expected.contract = 'findings' AND expected.month = $period
  AND ($within::VARCHAR IS NULL
       OR expected.division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, expected.division_code))
ORDER BY expected.division_code;
