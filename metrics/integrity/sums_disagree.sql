-- Findings that an inspection says it made, against those that the ledger of findings lists for it, over twelve months.
-- Only inspections since whose beginning every filing of findings has come: what is missing is silence, not a sum.
CREATE OR REPLACE TEMP TABLE integrity_counted AS
WITH claims AS (
    SELECT as_of, division_code, inspection_code, finding_count, started_on, period, filing_id, row
    FROM event_states('inspections', inspection_code)
    WHERE started_on BETWEEN window_start(month_starts_on, 12) AND month_ends_on
),

listed AS (
    SELECT as_of, division_code, inspection_code, count(*) AS listed
    FROM event_states('findings', finding_code)
    GROUP BY ALL
),

silent AS (
    SELECT division_code, month
    FROM expected_filings
    WHERE contract IN ('findings', 'inspections') AND filing_id IS NULL
),

compared AS (
    SELECT
        claims.*,
        coalesce(claims.finding_count, 0) AS claimed,
        coalesce(listed.listed, 0) AS listed
    FROM claims
    LEFT JOIN listed USING (as_of, division_code, inspection_code)
    WHERE NOT EXISTS (
        SELECT 1 FROM silent
        WHERE silent.division_code = claims.division_code
            AND silent.month BETWEEN month_of(claims.started_on) AND claims.as_of
    )
)

SELECT
    'inspections' AS contract,
    division_code,
    as_of AS period,
    '' AS part,
    sum(greatest(claimed, listed))::DOUBLE AS trials,
    sum(abs(claimed - listed))::DOUBLE AS observed,
    list({
        'evidence_period': period, 'filing_id': filing_id, 'row': row,
        'detail': inspection_code || ' 报发现问题 ' || claimed || ' 个，问题整改台账列有 ' || listed || ' 个'
    } ORDER BY abs(claimed - listed) DESC, inspection_code) FILTER (WHERE claimed <> listed) AS evidence
FROM compared
GROUP BY division_code, as_of
HAVING sum(greatest(claimed, listed)) > 0;
