-- How well each division reports, by month (Art. 34, 38): five shares, and what the policy of the month takes off for each.
-- Silence is not a bad share: who filed nothing has `not_filed` for all but the share filed, and loses on that one.
CREATE OR REPLACE TABLE reporting_scores AS
WITH expected_filings AS (FROM expected_filings),

filings AS (FROM filings),

faults AS (FROM faults),

scopes AS (FROM scopes),

reporting_policy AS (FROM reporting_policy),

faulty AS (
    SELECT filing_id, count(DISTINCT coalesce(row, 0)) AS faulty_rows
    FROM faults
    WHERE strength = 'mandatory'
    GROUP BY ALL
),

-- Every submission is looked at, those that went back included: what was mended since was wrong when it came.
submitted AS (
    SELECT
        contract, division_code, period,
        sum(row_count) AS row_count,
        sum(least(coalesce(faulty_rows, 0), row_count)) AS faulty_rows,
        sum(query_count) AS query_count,
        sum(explained_count) AS explained_count
    FROM filings
    LEFT JOIN faulty USING (filing_id)
    WHERE status <> 'refused'
    GROUP BY ALL
),

own AS (
    SELECT
        division_code,
        month AS period,
        count(*) AS due,
        count(*) FILTER (WHERE state IN ('on_time', 'late')) AS filed,
        count(*) FILTER (WHERE state = 'on_time') AS on_time,
        count(*) FILTER (WHERE attempts > 0) AS attempted,
        count(*) FILTER (WHERE first_status IN ('accepted', 'accepted_with_queries')) AS first_pass,
        coalesce(sum(row_count), 0) AS row_count,
        coalesce(sum(faulty_rows), 0) AS faulty_rows,
        coalesce(sum(query_count), 0) AS query_count,
        coalesce(sum(explained_count), 0) AS explained_count
    FROM expected_filings
    LEFT JOIN submitted USING (contract, division_code, period)
    GROUP BY ALL
),

counts AS (
    SELECT
        scopes.scope_code AS division_code,
        scopes.scope,
        own.period,
        sum(columns(own.* EXCLUDE (division_code, period)))::BIGINT
    FROM own
    INNER JOIN scopes ON scopes.member_code = own.division_code
    GROUP BY ALL
),

-- One row per share. What it is about (`base`) tells silence from a share that does not apply.
parts AS (
    SELECT division_code, scope, period, unnest([
        {'part': 'filed', 'numerator': filed, 'denominator': due, 'base': due},
        {'part': 'on_time', 'numerator': on_time, 'denominator': filed, 'base': filed},
        {'part': 'first_pass', 'numerator': first_pass, 'denominator': attempted, 'base': attempted},
        {'part': 'error', 'numerator': faulty_rows, 'denominator': row_count, 'base': attempted},
        {'part': 'explained', 'numerator': explained_count, 'denominator': query_count, 'base': attempted}
    ], recursive := true)
    FROM counts
),

judged AS (
    SELECT
        parts.*,
        policy.points,
        policy.full_at,
        CASE
            WHEN parts.base = 0 THEN 'not_filed'
            WHEN parts.denominator = 0 THEN 'not_applicable'
            WHEN parts.denominator < policy.least THEN 'too_small'
            ELSE 'value'
        END AS outcome,
        CASE WHEN outcome = 'value' THEN parts.numerator / nullif(parts.denominator, 0) END AS share
    FROM parts
    INNER JOIN reporting_policy AS policy ON policy.period = parts.period AND policy.part = parts.part
),

costed AS (
    SELECT
        *,
        -- An error is what is there, the others are what is lacking.
        CASE WHEN part = 'error' THEN share ELSE 1 - share END AS shortfall,
        -- least() would pass over a null
        CASE WHEN shortfall IS NOT NULL THEN points * least(shortfall / full_at, 1) END AS deduction
    FROM judged
)

SELECT
    division_code, scope, period,
    any_value(numerator) FILTER (WHERE part = 'filed') AS filed,
    any_value(denominator) FILTER (WHERE part = 'filed') AS due,
    any_value(share) FILTER (WHERE part = 'filed') AS filed_share,
    any_value(outcome) FILTER (WHERE part = 'filed') AS filed_outcome,
    any_value(deduction) FILTER (WHERE part = 'filed') AS filed_deduction,
    any_value(numerator) FILTER (WHERE part = 'on_time') AS on_time,
    any_value(denominator) FILTER (WHERE part = 'on_time') AS on_time_of,
    any_value(share) FILTER (WHERE part = 'on_time') AS on_time_share,
    any_value(outcome) FILTER (WHERE part = 'on_time') AS on_time_outcome,
    any_value(deduction) FILTER (WHERE part = 'on_time') AS on_time_deduction,
    any_value(numerator) FILTER (WHERE part = 'first_pass') AS first_pass,
    any_value(denominator) FILTER (WHERE part = 'first_pass') AS first_pass_of,
    any_value(share) FILTER (WHERE part = 'first_pass') AS first_pass_share,
    any_value(outcome) FILTER (WHERE part = 'first_pass') AS first_pass_outcome,
    any_value(deduction) FILTER (WHERE part = 'first_pass') AS first_pass_deduction,
    any_value(numerator) FILTER (WHERE part = 'error') AS error_rows,
    any_value(denominator) FILTER (WHERE part = 'error') AS error_rows_of,
    any_value(share) FILTER (WHERE part = 'error') AS error_share,
    any_value(outcome) FILTER (WHERE part = 'error') AS error_outcome,
    any_value(deduction) FILTER (WHERE part = 'error') AS error_deduction,
    any_value(numerator) FILTER (WHERE part = 'explained') AS explained,
    any_value(denominator) FILTER (WHERE part = 'explained') AS explained_of,
    any_value(share) FILTER (WHERE part = 'explained') AS explained_share,
    any_value(outcome) FILTER (WHERE part = 'explained') AS explained_outcome,
    any_value(deduction) FILTER (WHERE part = 'explained') AS explained_deduction,
    coalesce(sum(deduction), 0) AS deducted,
    greatest(100 - deducted, 0) AS score
FROM costed
GROUP BY division_code, scope, period
ORDER BY period, division_code, scope;
