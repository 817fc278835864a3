-- The newest data behind each cell: when it came, and how long before the month's end the period ended that it tells of.
-- Of an area the newest of its members' filings; of an indicator that needs several filings the oldest of those, since
-- the number is no newer than its oldest part.
CREATE OR REPLACE TEMP TABLE newest_data AS
WITH months AS (FROM months),

scopes AS (FROM scopes),

indicators AS (FROM indicators),

expected_filings AS (FROM expected_filings),

filings AS (FROM filings),

filed AS (
    SELECT
        expected.contract,
        scopes.scope_code,
        scopes.scope,
        expected.month,
        max(filings.received_at)::DATE AS received_on
    FROM expected_filings AS expected
    INNER JOIN filings ON expected.filing_id = filings.filing_id
    INNER JOIN scopes ON expected.division_code = scopes.member_code
    GROUP BY ALL
),

newest AS (
    SELECT
        months.period,
        months.ends_on,
        filed.contract,
        filed.scope_code,
        filed.scope,
        arg_max(filed.received_on, filed.month) AS received_on,
        last_day((max(filed.month) || '-01')::DATE) AS told_until
    FROM filed
    INNER JOIN months ON filed.month <= months.period
    GROUP BY ALL
),

needs AS (
    SELECT
        indicator,
        unnest(string_split(contract, ',')) AS contract
    FROM indicators
    WHERE contract IS NOT NULL
),

needed AS (
    SELECT
        needs.indicator,
        newest.scope_code,
        newest.scope,
        newest.period,
        min(newest.received_on) AS newest_filing_on,
        (any_value(newest.ends_on) - min(newest.told_until))::INTEGER AS data_age_days
    FROM newest
    INNER JOIN needs ON newest.contract = needs.contract
    GROUP BY ALL
),

of_silence AS (
    SELECT
        indicators.indicator,
        newest.scope_code,
        newest.scope,
        newest.period,
        max(newest.received_on) AS newest_filing_on,
        0 AS data_age_days
    FROM newest
    CROSS JOIN indicators
    WHERE indicators.contract IS NULL
    GROUP BY ALL
)

FROM needed
UNION ALL
FROM of_silence;
