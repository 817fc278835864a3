-- What the integrity rules judged in filings of record at one month: one row per reporter, table and rule; a signal is
-- a question to the reporter, no verdict (Art. 34). `filing_id`: the first filing of the evidence.
SELECT
    signals.division_code, divisions.short_name, divisions.kind, divisions.parent_code, signals.contract,
    contracts.title AS contract_title, signals.rule, signals.period, signals.value, signals."limit", signals.p_value,
    signals.trials, signals.is_signal, signals.evidence[1].filing_id AS filing_id, len(signals.evidence) AS evidence_rows,
    signals.evidence[1].detail AS detail
FROM integrity_signals AS signals
INNER JOIN periods_of_record AS record
    ON record.contract = signals.contract AND record.contract_period = signals.period AND record.period = $period
LEFT JOIN divisions ON divisions.division_code = signals.division_code AND divisions.valid_to IS NULL
LEFT JOIN contracts ON contracts.contract = signals.contract
WHERE ($within::VARCHAR IS NULL
       OR signals.division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, signals.division_code))
ORDER BY signals.p_value, signals.division_code, signals.contract, signals.rule;
