INSERT INTO settled_ends
SELECT
    coverage.indicator,
    coverage.division_code,
    coverage.period
FROM settled_coverage AS coverage
INNER JOIN ended_divisions AS ended
    ON coverage.division_code = ended.division_code AND coverage.period = ended.last_period
INNER JOIN indicators ON coverage.indicator = indicators.indicator
-- what needs no filing is expected of nobody who has ended
WHERE coverage.is_filed AND indicators.contract IS NOT NULL;
