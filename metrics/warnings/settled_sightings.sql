SELECT rule, division_code, subject, period, tier, calm_periods
FROM settled_sightings
ORDER BY period, rule, division_code, subject;
