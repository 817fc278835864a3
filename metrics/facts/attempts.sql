-- Every attempt at a filing that was due in the window, accepted or returned (Art. 34, 38): its rows, those of them with
-- a mandatory fault, and its queries, explained or not. Like `reporting` it needs no filing: it looks at how they came.
CREATE OR REPLACE TABLE fact_attempts AS
WITH months AS (FROM months),

expected_filings AS (FROM expected_filings),

bad_rows AS (
    SELECT
        filing_id,
        count(DISTINCT (sheet, row)) AS bad_row_count
    FROM faults
    WHERE strength = 'mandatory' AND row IS NOT NULL
    GROUP BY filing_id
),

attempts AS (
    SELECT
        filings.*,
        expected.month,
        coalesce(bad_rows.bad_row_count, 0) AS bad_row_count
    FROM filings
    INNER JOIN expected_filings AS expected USING (contract, division_code, period)
    LEFT JOIN bad_rows ON filings.filing_id = bad_rows.filing_id
    WHERE filings.status <> 'refused'
)

SELECT
    attempts.division_code,
    months.period,
    attempts.month AS event_period,
    attempts.contract,
    attempts.filing_id,
    attempts.file_name,
    NULL::VARCHAR AS sheet,
    NULL::BIGINT AS row,
    attempts.contract AS subject,
    NULL::VARCHAR AS organisation_code,
    NULL::VARCHAR AS sector,
    NULL::VARCHAR AS level,
    coalesce(attempts.row_count, 0) AS rows,
    at_most(attempts.bad_row_count, attempts.row_count) AS bad_rows,
    coalesce(attempts.query_count, 0) AS queries,
    at_most(attempts.explained_count, attempts.query_count) AS queries_explained
FROM months
INNER JOIN attempts
    ON attempts.month BETWEEN month_of(window_start(months.starts_on, $window_months)) AND months.period
ORDER BY months.period, attempts.division_code, attempts.month, attempts.contract, attempts.attempt, attempts.filing_id;
