-- Every reporter's own reading of every indicator. Subject: the indicator. Where it came from is looked up only for
-- those beyond a cut-off (threshold_evidence.sql).
SELECT
    cells.period,
    cells.scope_code AS division_code,
    cells.indicator AS subject,
    indicators.title AS subject_title,
    NULL::VARCHAR AS contract,
    NULL::VARCHAR AS evidence_period,
    NULL::VARCHAR AS filing_id,
    NULL::VARCHAR AS file_name,
    NULL::VARCHAR AS sheet,
    NULL::BIGINT AS row,
    cells.value,
    cells.numerator,
    cells.denominator,
    cells.outcome
FROM cells
INNER JOIN indicators ON cells.indicator = indicators.indicator
INNER JOIN months ON cells.period = months.period
WHERE cells.scope = 'own' AND cells.group_kind = 'all' AND cells.outcome IN ('value', 'not_filed')
ORDER BY cells.period, cells.scope_code, indicators.position;
