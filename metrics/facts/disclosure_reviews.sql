-- Items proposed, reviewed and published by quarter (Art. 23), counted in the quarter's last month.
CREATE OR REPLACE TABLE fact_disclosure_reviews AS
WITH tallies AS (FROM tallies_in_window('disclosure_reviews', $window_months))

SELECT
    tallies.division_code,
    tallies.as_of AS period,
    tallies.counted_in AS event_period,
    'disclosure_reviews' AS contract,
    tallies.filing_id,
    tallies.file_name,
    tallies.sheet,
    tallies.row,
    tallies.organisation_code AS subject,
    tallies.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    coalesce(tallies.reviewed_count, 0) AS reviewed,
    at_most(tallies.withheld_count, tallies.reviewed_count) AS withheld,
    coalesce(tallies.published_count, 0) AS published,
    at_most(tallies.published_unreviewed_count, tallies.published_count) AS published_unreviewed,
    coalesce(tallies.found_after_count, 0) AS found_after
FROM tallies
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
ORDER BY tallies.as_of, tallies.division_code, tallies.counted_in, tallies.organisation_code, tallies.row;
