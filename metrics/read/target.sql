-- The target of one indicator in force on a day; no row where policy sets none.
SELECT json_extract(arg_max(policies.body, policies.valid_from), '$.' || any_value(indicators.target))::DOUBLE AS target
FROM policies
CROSS JOIN indicators
WHERE policies.policy = 'targets' AND policies.valid_from <= $day::DATE AND indicators.indicator = $indicator
  AND indicators.target IS NOT NULL;
