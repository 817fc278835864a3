-- An indicator as the snapshot was computed with it.
SELECT *
FROM indicators
WHERE indicator = $indicator;
