-- The first month, up to the earlier snapshot's last, for which the ledger says something else than it did then: filings that
-- came, were withdrawn or are due, and faults that were found. What was refused counts nowhere.
WITH known_filings AS (
    SELECT filing_id, period, status
    FROM filings
    UNION
    SELECT filing_id, period, status
    FROM settled_filings
),

changed AS (
    SELECT period
    FROM differing('filings', 'settled_filings')
    WHERE status <> 'refused'
    UNION ALL
    SELECT period
    FROM differing('expected_filings', 'settled_expected_filings')
    UNION ALL
    SELECT known_filings.period
    FROM differing('faults', 'settled_faults') AS faults
    INNER JOIN known_filings ON faults.filing_id = known_filings.filing_id
    WHERE known_filings.status <> 'refused'
)

SELECT min(last_month(period))
FROM changed
WHERE last_month(period) <= $period;
