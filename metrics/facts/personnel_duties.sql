-- Secret posts taken up, reviewed again and left, by quarter (Art. 31, 32), counted in the quarter's last month. Who is in
-- the release period at the end of a quarter counts once for that quarter. Counts only: nothing about a person.
CREATE OR REPLACE TABLE fact_personnel_duties AS
WITH tallies AS (FROM tallies_in_window('personnel_duties', $window_months))

SELECT
    tallies.division_code,
    tallies.as_of AS period,
    tallies.counted_in AS event_period,
    'personnel_duties' AS contract,
    tallies.filing_id,
    tallies.file_name,
    tallies.sheet,
    tallies.row,
    tallies.organisation_code AS subject,
    tallies.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    coalesce(tallies.appointed_count, 0) AS appointed,
    at_most(tallies.appointed_reviewed_count, tallies.appointed_count) AS appointed_reviewed,
    coalesce(tallies.re_review_due_count, 0) AS re_review_due,
    at_most(tallies.re_review_done_count, tallies.re_review_due_count) AS re_review_done,
    coalesce(tallies.left_count, 0) AS left_posts,
    at_most(tallies.left_complete_count, tallies.left_count) AS left_complete,
    coalesce(tallies.release_period_count, 0) AS in_release_period,
    coalesce(tallies.release_violation_count, 0) AS release_violations
FROM tallies
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
ORDER BY tallies.as_of, tallies.division_code, tallies.counted_in, tallies.organisation_code, tallies.row;
