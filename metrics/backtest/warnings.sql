-- Every warning and month in which it stands, with what a backtest of the rules asks.
SELECT warning_id, rule, kind, tier, division_code, subject, indicator, period, is_cleared
FROM warnings
ORDER BY warning_id, period;
