-- The rows behind warnings that were last seen in a settled month (`carried`): told then, or left untold beside a stronger.
INSERT INTO warning_evidence BY NAME
SELECT
    carried.warning_id,
    carried.period,
    evidence.* EXCLUDE (warning_id, period)
FROM carried
INNER JOIN (FROM settled_warning_evidence UNION ALL FROM settled_untold_evidence) AS evidence
    ON carried.warning_id = evidence.warning_id AND carried.cause_period = evidence.period;
