-- Posts to train and posts trained by quarter (Art. 9), counted in the quarter's last month.
-- More trained than asked for is full marks, not credit that hides another organisation's gap. April, the month of
-- education, is told in the second quarter; a window of twelve months holds one.
CREATE OR REPLACE TABLE fact_training AS
WITH tallies AS (FROM tallies_in_window('training', $window_months))

SELECT
    tallies.division_code,
    tallies.as_of AS period,
    tallies.counted_in AS event_period,
    'training' AS contract,
    tallies.filing_id,
    tallies.file_name,
    tallies.sheet,
    tallies.row,
    tallies.organisation_code AS subject,
    tallies.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    coalesce(tallies.posts_to_train_count, 0) AS posts_to_train,
    coalesce(least(tallies.posts_trained_count, tallies.posts_to_train_count), 0) AS posts_trained,
    at_most(tallies.posts_assessed_count, least(tallies.posts_trained_count, tallies.posts_to_train_count))
        AS posts_assessed,
    coalesce(tallies.session_count, 0) AS sessions,
    coalesce(tallies.april_activity_count, 0) AS april_activities,
    (tallies.counted_in LIKE '%-06')::INTEGER AS april_due,
    (tallies.counted_in LIKE '%-06' AND coalesce(tallies.april_activity_count > 0, FALSE))::INTEGER AS april_held
FROM tallies
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
ORDER BY tallies.as_of, tallies.division_code, tallies.counted_in, tallies.organisation_code, tallies.row;
