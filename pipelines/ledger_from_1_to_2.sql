-- Version 1 knew filings and faults. What it knew is told again as events; that a filing was late is not (it hangs on
-- the calendar, and every build works it out from there anyway).
INSERT INTO events (at, kind, actor, reason, filing_id, contract, division_code, period, detail, recorded_at)
SELECT
    received_at,
    CASE WHEN attempt > 1 THEN 'refiled' ELSE 'filed' END,
    '系统',
    '台账升级时由收件记录补记',
    filing_id, contract, division_code, period,
    json_object('receipt_no', receipt_no, 'status', status),
    received_at
FROM filings
WHERE filing_id NOT IN (SELECT filing_id FROM events WHERE filing_id IS NOT NULL)
ORDER BY received_at, receipt_no;
