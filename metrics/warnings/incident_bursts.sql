-- More incidents in three months than chance explains: the count found in them against what three months bring, which is
-- the reporter's own mean of the nine months before or that of all reporters of its kind, whichever is higher, so that
-- who always has many is held against itself. `chance` is that of so many or more (Poisson).
-- One row per incident, which is what there is to look at. Subject: the contract.
WITH counted AS (
    SELECT
        facts.*,
        divisions.kind AS reporter_kind,
        event_period > month_of((facts.period || '-01')::DATE - INTERVAL 3 MONTHS) AS is_recent,
        event_period > month_of((facts.period || '-01')::DATE - INTERVAL 12 MONTHS) AS is_counted
    FROM fact_incidents AS facts
    INNER JOIN divisions ON facts.division_code = divisions.division_code AND divisions.valid_to IS NULL
),

reporters AS (
    SELECT
        months.period,
        divisions.kind AS reporter_kind,
        count(DISTINCT expected_filings.division_code) AS reporters
    FROM months
    INNER JOIN expected_filings
        ON months.period >= expected_filings.month AND expected_filings.contract = 'incidents'
    INNER JOIN divisions ON expected_filings.division_code = divisions.division_code AND divisions.valid_to IS NULL
    GROUP BY ALL
),

usual AS (
    SELECT
        reporters.period,
        reporters.reporter_kind,
        count(counted.subject) / 4 / any_value(reporters.reporters) AS kind_expected
    FROM reporters
    LEFT JOIN counted
        ON
            reporters.period = counted.period
            AND reporters.reporter_kind = counted.reporter_kind
            AND counted.is_counted
    GROUP BY ALL
),

sums AS (
    SELECT
        period,
        division_code,
        reporter_kind,
        count(*) FILTER (WHERE is_recent) AS incident_count,
        count(*) FILTER (WHERE is_counted AND NOT is_recent) / 3 AS own_expected
    FROM counted
    GROUP BY ALL
),

expected AS (
    SELECT
        sums.*,
        greatest(own_expected, kind_expected) AS expected_count
    FROM sums
    INNER JOIN usual USING (period, reporter_kind)
    WHERE incident_count >= 2
),

judged AS (
    SELECT
        *,
        1 - list_sum([
            exp(-expected_count) * pow(expected_count, fewer) / gamma(fewer + 1) for fewer in range(0, incident_count)
        ]) AS chance
    FROM expected
)

SELECT
    counted.period,
    counted.division_code,
    counted.contract AS subject,
    '失泄密事件' AS subject_title,
    counted.contract,
    filed.period AS evidence_period,
    counted.filing_id,
    counted.file_name,
    counted.sheet,
    counted.row,
    judged.incident_count,
    judged.expected_count,
    format('{:.2f}', judged.expected_count) AS expected_text,
    judged.chance,
    if(judged.chance < 0.0001, '不到万分之一', '万分之' || round(10000 * judged.chance)::BIGINT) AS chance_text,
    filed.found_at::DATE AS found_on,
    coalesce(categories.title, filed.category) || '（' || counted.subject || '）' AS incident_title
FROM counted
INNER JOIN judged ON counted.period = judged.period AND counted.division_code = judged.division_code
INNER JOIN incidents AS filed
    ON counted.filing_id = filed.filing_id AND counted.row = filed.row AND counted.subject = filed.incident_code
LEFT JOIN codes AS categories
    ON categories.contract = 'incidents' AND categories.column_name = 'category' AND categories.code = filed.category
WHERE counted.is_recent
ORDER BY counted.period, counted.division_code, counted.subject;
