-- A reporter's results in the tallies of the last twelve months (how far the duties that can be counted were done), and
-- the incidents it reported in them: `good` is the share done, `observed` the incidents, `trials` its organisations.
CREATE OR REPLACE TEMP TABLE integrity_counted AS
WITH good AS (
    SELECT
        months.period,
        totals.division_code,
        sum(totals.done) / nullif(sum(totals.n), 0) AS good
    FROM months
    INNER JOIN integrity_totals AS totals
        ON last_month(totals.period) BETWEEN month_of(window_start(months.starts_on, 12)) AND months.period
    GROUP BY ALL
),

happened AS (
    SELECT
        as_of AS period,
        division_code,
        count(*) AS incidents,
        list({
            'evidence_period': period, 'filing_id': filing_id, 'row': row,
            'detail': incident_code || ' 发现于 ' || found_at::DATE
        } ORDER BY found_at, incident_code) AS evidence
    FROM event_states('incidents', incident_code)
    WHERE found_at::DATE BETWEEN window_start(month_starts_on, 12) AND month_ends_on
    GROUP BY ALL
),

listed AS (
    SELECT period, division_code, count(*) AS organisations
    FROM fact_organisations
    GROUP BY ALL
)

SELECT
    'incidents' AS contract,
    good.division_code,
    good.period,
    '' AS part,
    listed.organisations::DOUBLE AS trials,
    coalesce(happened.incidents, 0)::DOUBLE AS observed,
    good.good,
    happened.evidence
FROM good
INNER JOIN listed USING (period, division_code)
LEFT JOIN happened USING (period, division_code)
WHERE good.good IS NOT NULL;
