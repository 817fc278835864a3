INSERT INTO integrity_totals
SELECT
    $contract,
    division_code,
    period,
    $numerator,
    sum(x),
    sum(n),
    sum(least(x, n))
FROM (
    SELECT
        division_code,
        period,
        COLUMNS(lambda name: name = $numerator)::BIGINT AS x,
        COLUMNS(lambda name: name = $denominator)::BIGINT AS n
    FROM query_table($contract)
)
WHERE x IS NOT NULL AND n IS NOT NULL
GROUP BY division_code, period;
