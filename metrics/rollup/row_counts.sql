-- The distinct numbers of rows of which a quantile needs its limits.
SELECT DISTINCT
    quantile,
    denominator
FROM sums
WHERE outcome = 'value' AND kind = 'duration'
ORDER BY quantile, denominator;
