-- Rows of a tally that repeat, figure by figure, what the same organisation had in the reporter's filing before.
CREATE OR REPLACE TEMP TABLE integrity_counted AS
SELECT
    now.contract,
    now.division_code,
    now.period,
    '' AS part,
    count(*)::DOUBLE AS trials,
    count(*) FILTER (WHERE now.figures = earlier.figures)::DOUBLE AS observed,
    list({
        'evidence_period': now.period, 'filing_id': now.filing_id, 'row': now.row,
        'detail': now.organisation_code || ' 各项与' || earlier.period || '完全相同'
    } ORDER BY now.row) FILTER (WHERE now.figures = earlier.figures) AS evidence
FROM integrity_rows AS now
INNER JOIN integrity_filings AS filings
    ON now.contract = filings.contract AND now.division_code = filings.division_code AND now.period = filings.period
INNER JOIN integrity_rows AS earlier
    ON
        now.contract = earlier.contract
        AND now.division_code = earlier.division_code
        AND now.organisation_code = earlier.organisation_code
        AND filings.period_before = earlier.period
WHERE filings.is_open
GROUP BY now.contract, now.division_code, now.period;
