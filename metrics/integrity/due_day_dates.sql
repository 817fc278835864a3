-- Findings rectified within twelve months, and those of them whose day of rectification is just the day it was due.
CREATE OR REPLACE TEMP TABLE integrity_counted AS
SELECT
    'findings' AS contract,
    division_code,
    as_of AS period,
    '' AS part,
    count(*)::DOUBLE AS trials,
    count(*) FILTER (WHERE rectified_on = due_on)::DOUBLE AS observed,
    list({
        'evidence_period': period, 'filing_id': filing_id, 'row': row,
        'detail': finding_code || ' 的改正日期恰为期限当日 ' || due_on
    } ORDER BY due_on, finding_code) FILTER (WHERE rectified_on = due_on) AS evidence
FROM event_states('findings', finding_code)
WHERE rectified_on BETWEEN window_start(month_starts_on, 12) AND month_ends_on
GROUP BY division_code, as_of;
