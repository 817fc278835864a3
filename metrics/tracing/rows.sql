-- The filed rows behind a cell: those of the scope's members that count, with what each adds to either side.
-- It must select what rollup/contributions.sql and rollup/sums.sql add up; a test compares the sums.
WITH facts AS (FROM query_table($fact)),

scopes AS (FROM scopes),

coverage AS (FROM coverage),

filings AS (FROM filings),

divisions AS (FROM divisions),

contracts AS (FROM contracts),

expected_filings AS (FROM expected_filings),

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
    LEFT JOIN divisions AS ended ON facts.division_code = ended.division_code AND ended.valid_to IS NOT NULL
    WHERE
        facts.period = $period
        AND (facts.event_period IS NULL OR facts.event_period BETWEEN $first_month AND $period)
        AND (
            facts.event_period IS NULL
            OR ended.valid_to IS NULL
            OR facts.event_period <= strftime(ended.valid_to::DATE + 1 - INTERVAL 1 MONTH, '%Y-%m')
        )
)

SELECT
    parts.contract,
    contracts.title AS contract_title,
    parts.filing_id,
    parts.file_name,
    parts.sheet,
    parts.row,
    parts.division_code,
    divisions.name AS division_name,
    coalesce(filings.period, never_filed.period) AS period,
    parts.subject,
    parts.organisation_code,
    parts.event_period,
    parts.numerator_part,
    parts.denominator_part
FROM parts
LEFT JOIN filings ON parts.filing_id = filings.filing_id
LEFT JOIN expected_filings AS never_filed
    ON
        parts.filing_id IS NULL
        AND parts.contract = never_filed.contract
        AND parts.division_code = never_filed.division_code
        AND parts.event_period = never_filed.month
LEFT JOIN divisions ON parts.division_code = divisions.division_code
LEFT JOIN contracts ON parts.contract = contracts.contract
WHERE parts.numerator_part <> 0 OR parts.denominator_part <> 0
ORDER BY parts.division_code, parts.contract, coalesce(filings.period, never_filed.period), parts.row, parts.subject;
