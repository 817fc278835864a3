-- Filings that had not been accepted when a month was looked at, for contracts whose newest filing is among them, with
-- how many periods in a row are missing; and beside each what its reporter lacks in all: so many of so many contracts,
-- the longest silence of them. A month is looked at once everything that it asks for is due (`known_on`): what came
-- later does not change what was seen then, so a past warning stays as it was. Subject: the reporter; one warning says
-- all that it has not filed.
WITH looks AS (
    SELECT
        months.period,
        max(expected.due_on) AS known_on
    FROM months
    INNER JOIN expected_filings AS expected ON months.period >= expected.month
    GROUP BY ALL
),

slots AS (
    SELECT
        looks.period,
        looks.known_on,
        expected.contract,
        expected.division_code,
        expected.period AS filing_period,
        expected.due_on,
        -- when it was first accepted: a later correction does not make it late
        coalesce(expected.received_at::DATE <= looks.known_on, FALSE) AS is_filed
    FROM looks
    INNER JOIN expected_filings AS expected ON looks.known_on >= expected.due_on AND looks.period >= expected.month
),

running_silences AS (
    SELECT
        *,
        max(filing_period) FILTER (WHERE is_filed) OVER subject_so_far AS last_filed,
        max(filing_period) OVER subject_so_far AS newest
    FROM slots
    WINDOW subject_so_far AS (PARTITION BY period, contract, division_code)
),

missing AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY period, contract, division_code) AS running
    FROM running_silences
    WHERE filing_period > coalesce(last_filed, '')
),

lacking AS (
    SELECT
        missing.period,
        missing.division_code,
        count(DISTINCT missing.contract) AS missing_contracts,
        max(missing.running) AS longest_running,
        list(DISTINCT contracts.title ORDER BY contracts.title) AS titles
    FROM missing
    INNER JOIN contracts ON missing.contract = contracts.contract
    GROUP BY ALL
),

asked AS (
    SELECT
        period,
        division_code,
        count(DISTINCT contract) AS expected_contracts
    FROM slots
    GROUP BY ALL
),

-- a filing that came and went back: the newest of them, as it stood then
sent_back AS (
    SELECT
        missing.period,
        missing.contract,
        missing.division_code,
        missing.filing_period,
        arg_max(filings.filing_id, (filings.received_at, filings.filing_id)) AS filing_id,
        arg_max(filings.file_name, (filings.received_at, filings.filing_id)) AS file_name
    FROM missing
    INNER JOIN filings
        ON
            missing.contract = filings.contract
            AND missing.division_code = filings.division_code
            AND missing.filing_period = filings.period
            AND filings.status = 'returned'
            AND missing.known_on >= filings.received_at::DATE
    GROUP BY ALL
)

SELECT
    missing.period,
    missing.division_code,
    missing.division_code AS subject,
    reporters.short_name AS subject_title,
    missing.contract,
    missing.filing_period AS evidence_period,
    sent_back.filing_id,
    sent_back.file_name,
    NULL::VARCHAR AS sheet,
    NULL::BIGINT AS row,
    contracts.title AS contract_title,
    missing.due_on,
    missing.known_on,
    missing.running,
    lacking.longest_running,
    lacking.missing_contracts,
    asked.expected_contracts,
    lacking.missing_contracts / asked.expected_contracts AS missing_share,
    round(100 * lacking.missing_contracts / asked.expected_contracts) || '%' AS missing_share_text,
    '《' || array_to_string(lacking.titles[:3], '》《') || '》'
    || CASE WHEN lacking.missing_contracts > 3 THEN '等' ELSE '' END AS missing_contract_titles,
    CASE WHEN sent_back.filing_id IS NULL THEN '未收到' ELSE '退回后未重报' END AS fault
FROM missing
INNER JOIN contracts ON missing.contract = contracts.contract
INNER JOIN divisions AS reporters ON missing.division_code = reporters.division_code AND reporters.valid_to IS NULL
INNER JOIN lacking ON missing.period = lacking.period AND missing.division_code = lacking.division_code
INNER JOIN asked ON missing.period = asked.period AND missing.division_code = asked.division_code
LEFT JOIN sent_back
    ON
        missing.period = sent_back.period
        AND missing.contract = sent_back.contract
        AND missing.division_code = sent_back.division_code
        AND missing.filing_period = sent_back.filing_period
ORDER BY missing.period, missing.division_code, missing.contract, missing.filing_period;
