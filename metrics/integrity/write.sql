-- What was judged of one rule, with the rows that a signal rests on (the first twenty).
INSERT INTO integrity_signals
SELECT
    judged.division_code,
    judged.contract,
    $rule,
    judged.period,
    judged.value,
    judged.bound,
    judged.p_value,
    judged.trials,
    judged.is_signal,
    CASE WHEN judged.is_signal THEN list_slice(counted.evidence, 1, 20) END
FROM judged
INNER JOIN integrity_counted AS counted
    ON
        judged.contract = counted.contract
        AND judged.division_code = counted.division_code
        AND judged.period = counted.period
        AND judged.part = counted.part
ORDER BY judged.period, judged.division_code, judged.contract;
