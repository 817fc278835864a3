-- Which filing an as-of month looks at, by contract: the newest period of its frequency that has ended.
CREATE OR REPLACE TABLE periods_of_record AS
WITH months AS (FROM months),

contracts AS (FROM contracts)

SELECT
    months.period,
    contracts.contract,
    CASE contracts.frequency
        WHEN 'month' THEN months.period
        WHEN 'quarter' THEN months.quarter_of_record
        WHEN 'year' THEN months.year_of_record
    END AS contract_period
FROM months
CROSS JOIN contracts
ORDER BY months.period, contracts.contract;
