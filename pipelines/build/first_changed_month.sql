-- The first month, up to the earlier snapshot's last, for which the ledger says something else than it did then: filings that
-- came, were withdrawn or are due, and faults that were found. What was refused counts nowhere.
WITH faults_now AS (
    SELECT filings.period, faults.*
    FROM faults
    INNER JOIN filings ON faults.filing_id = filings.filing_id
    WHERE filings.status <> 'refused'
),

faults_before AS (
    SELECT filings.period, faults.*
    FROM settled_faults AS faults
    INNER JOIN settled_filings AS filings ON faults.filing_id = filings.filing_id
    WHERE filings.status <> 'refused'
),

filings_now AS (FROM filings WHERE status <> 'refused'),

filings_before AS (FROM settled_filings WHERE status <> 'refused'),

changed AS (
    (SELECT period FROM (FROM filings_now EXCEPT ALL FROM filings_before))
    UNION ALL
    (SELECT period FROM (FROM filings_before EXCEPT ALL FROM filings_now))
    UNION ALL
    (SELECT period FROM (FROM expected_filings EXCEPT ALL FROM settled_expected_filings))
    UNION ALL
    (SELECT period FROM (FROM settled_expected_filings EXCEPT ALL FROM expected_filings))
    UNION ALL
    (SELECT period FROM (FROM faults_now EXCEPT ALL FROM faults_before))
    UNION ALL
    (SELECT period FROM (FROM faults_before EXCEPT ALL FROM faults_now))
)

SELECT min(last_month(period))
FROM changed
WHERE last_month(period) <= $period;
