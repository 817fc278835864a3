-- Entries of a register that stood in the filing before last and stand in this one, but not in the one between, while
-- others inspected the reporter's organisations in that period or within 45 days after it, as filed by this one's end:
-- gone for the inspection.
CREATE OR REPLACE TEMP TABLE integrity_counted AS
WITH inspected AS (
    SELECT
        division_code,
        started_on,
        min(period) AS known_from
    FROM inspections
    WHERE inspection_kind <> 'self'
    GROUP BY ALL
),

dips AS (
    SELECT
        now.contract,
        now.division_code,
        now.period,
        now.period_before,
        count(*) AS trials,
        list({
            'evidence_period': now.period, 'filing_id': later.filing_id, 'row': later.row,
            'detail': later.key || ' 在' || now.period_before_that || '和本期的名录中，' || now.period_before || '的名录中没有'
        } ORDER BY later.row) FILTER (WHERE between_.key IS NULL) AS evidence
    FROM integrity_filings AS now
    INNER JOIN integrity_keys AS later
        ON now.contract = later.contract AND now.division_code = later.division_code AND now.period = later.period
    INNER JOIN integrity_keys AS earlier
        ON
            now.contract = earlier.contract
            AND now.division_code = earlier.division_code
            AND now.period_before_that = earlier.period
            AND later.key = earlier.key
    LEFT JOIN integrity_keys AS between_
        ON
            now.contract = between_.contract
            AND now.division_code = between_.division_code
            AND now.period_before = between_.period
            AND later.key = between_.key
    WHERE now.is_open
    GROUP BY now.contract, now.division_code, now.period, now.period_before
)

SELECT
    dips.contract,
    dips.division_code,
    dips.period,
    '' AS part,
    dips.trials::DOUBLE AS trials,
    coalesce(len(dips.evidence), 0)::DOUBLE AS observed,
    dips.evidence
FROM dips
, LATERAL (SELECT (last_month(dips.period_before) || '-01')::DATE AS last_month_starts_on) AS before
WHERE EXISTS (
    SELECT 1 FROM inspected
    WHERE inspected.division_code = dips.division_code
        AND inspected.known_from <= last_month(dips.period)
        AND inspected.started_on
        BETWEEN (last_month_starts_on - INTERVAL 2 MONTH)::DATE AND last_day(last_month_starts_on) + 45
);
