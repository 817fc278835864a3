-- The filed rows behind a cell: those of the scope's members that count, with what each adds to either side.
-- It must select what rollup/contributions.sql and rollup/sums.sql add up; a test compares the sums.
WITH facts AS (FROM query_table($fact)),

scopes AS (FROM scopes),

coverage AS (FROM coverage),

filings AS (FROM filings),

divisions AS (FROM divisions),

parts AS (
    SELECT
        facts.contract,
        facts.filing_id,
        facts.file_name,
        facts.sheet,
        facts.row,
        facts.division_code,
        facts.event_period,
        facts.subject,
        facts.organisation_code,
        COLUMNS(lambda name: name = $numerator)::DOUBLE AS numerator_part,
        COLUMNS(lambda name: name = $denominator)::DOUBLE AS denominator_part
    FROM facts
    INNER JOIN coverage
        ON
            facts.division_code = coverage.division_code
            AND facts.period = coverage.period
            AND coverage.indicator = $indicator
            AND coverage.counts
    INNER JOIN scopes
        ON
            facts.division_code = scopes.member_code
            AND scopes.scope_code = $scope_code
            AND scopes.scope = $scope
    WHERE
        facts.period = $period
        AND (facts.event_period IS NULL OR facts.event_period BETWEEN $first_month AND $period)
)

SELECT
    parts.contract,
    parts.filing_id,
    parts.file_name,
    parts.sheet,
    parts.row,
    parts.division_code,
    divisions.name AS division_name,
    -- a filing that never came is known by the month it was due for
    coalesce(filings.period, parts.event_period) AS period,
    parts.subject,
    parts.organisation_code,
    parts.event_period,
    parts.numerator_part,
    parts.denominator_part
FROM parts
LEFT JOIN filings ON parts.filing_id = filings.filing_id
LEFT JOIN divisions ON parts.division_code = divisions.division_code
WHERE parts.numerator_part <> 0 OR parts.denominator_part <> 0
ORDER BY parts.division_code, parts.contract, parts.event_period, filings.period, parts.row, parts.subject;
