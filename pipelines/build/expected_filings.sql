-- The spine: every filing that is due, and what became of it. Silence is a row here, never an absence.
CREATE TABLE expected_filings AS
WITH attempts AS (
    SELECT
        contract, division_code, period,
        count(*) AS attempts,
        -- A withdrawn filing was an attempt, and is nothing that has come.
        count(*) FILTER (WHERE withdrawn_at IS NULL) AS standing,
        arg_min(status, attempt) AS first_status,
        min(received_at) FILTER (
            WHERE status IN ('accepted', 'accepted_with_queries') AND withdrawn_at IS NULL
        ) AS accepted_at
    FROM filings
    WHERE status <> 'refused'
    GROUP BY ALL
)
SELECT
    due.contract, due.division_code, due.period, due.month, due.opens_on, due.due_on,
    CASE
        WHEN attempts.accepted_at IS NOT NULL AND attempts.accepted_at::DATE <= due.due_on THEN 'on_time'
        WHEN attempts.accepted_at IS NOT NULL THEN 'late'
        WHEN attempts.standing > 0 THEN 'returned'
        ELSE 'missing'
    END AS state,
    counting.filing_id,
    attempts.accepted_at AS received_at,
    coalesce(attempts.attempts, 0) AS attempts,
    attempts.first_status
FROM due_filings AS due
LEFT JOIN attempts USING (contract, division_code, period)
LEFT JOIN counting_filings AS counting USING (contract, division_code, period)
ORDER BY due.contract, due.period, due.division_code;
