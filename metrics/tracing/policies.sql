-- Policy in force at the month's end, as far as it says something of this indicator: weight, target, cut-offs …
WITH in_force AS (
    SELECT
        policies.policy,
        policies.valid_from,
        policies.source,
        policies.reason,
        coalesce(
            json_extract(policies.body, '$.' || $indicator),
            json_extract(policies.body, '$.indicators.' || $indicator)
        ) AS value
    FROM policies
    INNER JOIN months ON months.period = $period AND policies.valid_from <= months.ends_on
    QUALIFY row_number() OVER (PARTITION BY policies.policy ORDER BY policies.valid_from DESC) = 1
)

SELECT
    policy,
    valid_from,
    source,
    reason,
    value::VARCHAR AS value
FROM in_force
WHERE value IS NOT NULL
ORDER BY policy;
