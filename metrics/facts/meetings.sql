-- Secret meetings and events by quarter (Art. 27), counted in the quarter's last month.
CREATE OR REPLACE TABLE fact_meetings AS
WITH tallies AS (FROM tallies_in_window('meetings', $window_months))

SELECT
    tallies.division_code,
    tallies.as_of AS period,
    tallies.counted_in AS event_period,
    'meetings' AS contract,
    tallies.filing_id,
    tallies.file_name,
    tallies.sheet,
    tallies.row,
    tallies.organisation_code AS subject,
    tallies.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    coalesce(tallies.meetings_count, 0) AS meetings,
    at_most(tallies.with_plan_count, tallies.meetings_count) AS with_plan,
    at_most(tallies.with_device_control_count, tallies.meetings_count) AS with_device_control,
    coalesce(tallies.major_count, 0) AS major,
    at_most(tallies.major_supported_count, tallies.major_count) AS major_supported,
    coalesce(tallies.violation_count, 0) AS violations
FROM tallies
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
ORDER BY tallies.as_of, tallies.division_code, tallies.counted_in, tallies.organisation_code, tallies.row;
