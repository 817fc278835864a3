-- Policy that the month was computed with, in force at the month's end, as far as it says something of this indicator: weight, target, cut-offs …
-- Where all months take the policy of one day (`policy_date`), later versions do not stand in the table.
WITH fixed AS (
    SELECT max(nullif(value, ''))::DATE AS fixed_on FROM meta WHERE key = 'policy_date'
),

in_force AS (
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
    CROSS JOIN fixed
    INNER JOIN months ON months.period = $period AND policies.valid_from <= greatest(months.ends_on, fixed.fixed_on)
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
