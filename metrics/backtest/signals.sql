-- All that the integrity rules judged.
SELECT rule, division_code, contract, period, value, p_value, trials, is_signal
FROM integrity_signals
ORDER BY ALL;
