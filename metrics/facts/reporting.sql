-- Filings that were due in the window (Art. 34, 38), and what became of each. Silence counts: a filing that never came
-- is a row. Its place is a file, not a cell, so sheet and row are null; where no filing counts, the first attempt is named.
CREATE OR REPLACE TABLE fact_reporting AS
WITH months AS (FROM months),

expected_filings AS (FROM expected_filings),

filings AS (FROM filings),

first_attempts AS (
    SELECT
        contract,
        division_code,
        period,
        arg_min(filing_id, (attempt, filing_id)) AS filing_id
    FROM filings
    WHERE status <> 'refused'
    GROUP BY ALL
),

due AS (
    SELECT
        expected.*,
        coalesce(expected.filing_id, first_attempts.filing_id) AS known_filing_id
    FROM expected_filings AS expected
    LEFT JOIN first_attempts USING (contract, division_code, period)
)

SELECT
    due.division_code,
    months.period,
    due.month AS event_period,
    due.contract,
    due.known_filing_id AS filing_id,
    filings.file_name,
    NULL::VARCHAR AS sheet,
    NULL::BIGINT AS row,
    due.contract AS subject,
    NULL::VARCHAR AS organisation_code,
    NULL::VARCHAR AS sector,
    NULL::VARCHAR AS level,
    1 AS due,
    (due.state = 'on_time')::INTEGER AS on_time,
    (due.state = 'late')::INTEGER AS late,
    (due.attempts > 0)::INTEGER AS attempted,
    coalesce(due.first_status IN ('accepted', 'accepted_with_queries'), FALSE)::INTEGER AS first_pass,
    (due.state = 'missing')::INTEGER AS missing,
    (due.state = 'returned')::INTEGER AS returned,
    (due.state IN ('on_time', 'late'))::INTEGER AS accepted,
    CASE WHEN due.state IN ('on_time', 'late') THEN greatest(due.received_at::DATE - due.due_on, 0) END AS days_past_due,
    CASE WHEN due.state = 'late' THEN due.received_at::DATE - due.due_on END AS days_late
FROM months
INNER JOIN due
    ON due.month BETWEEN month_of(window_start(months.starts_on, $window_months)) AND months.period
LEFT JOIN filings ON due.known_filing_id = filings.filing_id
ORDER BY months.period, due.division_code, due.month, due.contract;
