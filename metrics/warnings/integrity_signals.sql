-- Signals of integrity (Art. 34) on the filing of record in a month, one row for each filed row that they rest on.
-- `signal_kinds` says in how many ways the reporter's filings of record are suspicious. Subject: the contract.
WITH signals AS (
    SELECT
        records.period AS as_of,
        signals.*,
        count(DISTINCT signals.rule) OVER (PARTITION BY records.period, signals.division_code) AS signal_kinds
    FROM integrity_signals AS signals
    INNER JOIN periods_of_record AS records
        ON signals.contract = records.contract AND signals.period = records.contract_period
    WHERE signals.is_signal
),

evidence AS (
    SELECT
        * EXCLUDE (evidence),
        unnest(evidence) AS place
    FROM signals
)

SELECT
    evidence.as_of AS period,
    evidence.division_code,
    evidence.contract AS subject,
    contracts.title AS subject_title,
    evidence.contract,
    evidence.place.evidence_period AS evidence_period,
    evidence.place.filing_id AS filing_id,
    filings.file_name,
    filings.sheet,
    evidence.place.row AS row,
    evidence.place.detail AS fault,
    evidence.value,
    round(100 * evidence.value, 1) || '%' AS value_text,
    round(evidence.value, 2)::VARCHAR AS ratio_text,
    CASE
        WHEN evidence.p_value < 1e-6 THEN '不到百万分之一'
        WHEN evidence.p_value < 1e-4 THEN '不到万分之一'
        ELSE '约万分之' || ceil(1e4 * evidence.p_value)::INTEGER
    END AS chance_text,
    evidence.signal_kinds,
    evidence.trials::BIGINT AS trials,
    (evidence.rule = 'copied_from_before')::INTEGER AS is_copied_from_before,
    (evidence.rule = 'copied_from_elsewhere')::INTEGER AS is_copied_from_elsewhere,
    (evidence.rule = 'heaped_digits')::INTEGER AS is_heaped_digits,
    (evidence.rule = 'frozen_rate')::INTEGER AS is_frozen_rate,
    (evidence.rule = 'sums_disagree')::INTEGER AS is_sums_disagree,
    (evidence.rule = 'register_dips')::INTEGER AS is_register_dips,
    (evidence.rule = 'due_day_dates')::INTEGER AS is_due_day_dates,
    (evidence.rule = 'few_findings')::INTEGER AS is_few_findings,
    (evidence.rule = 'too_good')::INTEGER AS is_too_good
FROM evidence
INNER JOIN contracts ON evidence.contract = contracts.contract
LEFT JOIN filings ON evidence.place.filing_id = filings.filing_id
ORDER BY evidence.as_of, evidence.division_code, evidence.contract, evidence.rule, evidence_period, row, fault;
