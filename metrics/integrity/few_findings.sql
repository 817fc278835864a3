-- What a bureau finds in the organisations of its reporter, and what the bureaus above it find in the same ones, over 24
-- months; and, for where too few organisations are seen by both, the same over all organisations of the reporter, whose
-- inspections from above are a sample of them; and, for where nobody from above has come, what bureaus of the same kind
-- find in theirs (`part`: each is judged by itself). Whose inspection it is is told by the inspecting body; joint ones, in which
-- it is not alone, count as from above; self-inspections are the organisation's own.
CREATE OR REPLACE TEMP TABLE integrity_counted AS
WITH looked_at AS (
    SELECT
        states.as_of,
        states.division_code,
        states.organisation_code,
        divisions.kind,
        CASE
            WHEN states.inspecting_body = 'joint' THEN 'above'
            WHEN states.inspecting_body = 'region_bureau' AND divisions.kind <> 'region' THEN 'above'
            WHEN states.inspecting_body = 'prefecture_bureau' AND divisions.kind = 'county' THEN 'above'
            WHEN states.inspecting_body IN ('county_bureau', 'prefecture_bureau', 'corps_bureau') THEN 'own'
        END AS side,
        coalesce(states.finding_count, 0) AS findings,
        states.inspection_code, states.period, states.filing_id, states.row
    FROM event_states('inspections', inspection_code) AS states
    INNER JOIN divisions ON states.division_code = divisions.division_code AND divisions.valid_to IS NULL
    WHERE
        states.inspection_kind IN ('routine', 'special')
        AND states.started_on BETWEEN window_start(states.month_starts_on, 24) AND states.month_ends_on
),

seen_by_both AS (
    SELECT as_of, division_code, organisation_code
    FROM looked_at
    GROUP BY ALL
    HAVING count(*) FILTER (WHERE side = 'own') > 0 AND count(*) FILTER (WHERE side = 'above') > 0
),

compared AS (
    SELECT '同一批机关单位' AS part, looked_at.*
    FROM looked_at
    INNER JOIN seen_by_both USING (as_of, division_code, organisation_code)
    UNION ALL
    SELECT '全部机关单位', looked_at.*
    FROM looked_at
),

own AS (
    SELECT
        as_of,
        division_code,
        kind,
        sum(findings) AS findings,
        count(*) AS inspections,
        list({
            'evidence_period': period, 'filing_id': filing_id, 'row': row,
            'detail': organisation_code || '：本级检查 ' || inspection_code || ' 发现问题 ' || findings || ' 个'
        } ORDER BY findings, inspection_code) AS evidence
    FROM looked_at
    WHERE side = 'own'
    GROUP BY ALL
)

SELECT
    'inspections' AS contract,
    division_code,
    as_of AS period,
    part,
    sum(findings)::DOUBLE AS trials,
    coalesce(sum(findings) FILTER (WHERE side = 'own'), 0)::DOUBLE AS observed,
    count(*) FILTER (WHERE side = 'own')::DOUBLE AS own_inspections,
    count(*) FILTER (WHERE side = 'above')::DOUBLE AS inspections_above,
    list({
        'evidence_period': period, 'filing_id': filing_id, 'row': row,
        'detail': organisation_code || '：上级检查 ' || inspection_code || ' 发现问题 ' || findings || ' 个'
    } ORDER BY findings DESC, inspection_code) FILTER (WHERE side = 'above' AND findings > 0) AS evidence
FROM compared
WHERE side IS NOT NULL
GROUP BY division_code, as_of, part
HAVING sum(findings) > 0
    AND count(*) FILTER (WHERE side = 'own') > 0
    AND count(*) FILTER (WHERE side = 'above') > 0
UNION ALL
SELECT
    'inspections',
    division_code,
    as_of,
    '同类地方的本级检查',
    (sum(findings) OVER alike)::DOUBLE,
    findings::DOUBLE,
    inspections::DOUBLE,
    (sum(inspections) OVER alike - inspections)::DOUBLE,
    evidence
FROM own
WINDOW alike AS (PARTITION BY as_of, kind)
QUALIFY count(*) OVER alike > 1;
