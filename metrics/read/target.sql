-- The target of one indicator in force on a day; no row where policy sets none. Where all months were computed with the
-- policy of one day (`policy_date`), it is that day's, and later versions do not stand in the table.
SELECT json_extract(arg_max(policies.body, policies.valid_from), '$.' || any_value(indicators.target))::DOUBLE AS target
FROM policies
CROSS JOIN indicators
WHERE policies.policy = 'targets' AND policies.valid_from <= greatest($day::DATE, (SELECT max(nullif(value, ''))::DATE FROM meta WHERE key = 'policy_date'))
  AND indicators.indicator = $indicator
  AND indicators.target IS NOT NULL;
