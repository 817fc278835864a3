-- The causes that are wanted (rule, division, subject, month), as they were seen in settled months.
SELECT *
FROM settled_sightings
SEMI JOIN wanted_causes USING (rule, division_code, subject, period)
WHERE tier <> $unknown;
