-- The distinct counts that need an interval: far fewer than cells, since small counts recur.
SELECT DISTINCT
    kind,
    per,
    numerator,
    denominator
FROM sums
WHERE outcome = 'value' AND kind <> 'duration'
ORDER BY kind, per, numerator, denominator;
