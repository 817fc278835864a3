-- Carriers and devices disposed of by quarter (Art. 18), counted in the quarter's last month. What waited when a quarter
-- began and what was retired in it are to be handed over in it: what still waits is asked for again in the next.
CREATE OR REPLACE TABLE fact_carrier_disposal AS
WITH tallies AS (
    SELECT
        *,
        coalesce(devices_opening_count, 0) + coalesce(devices_retired_count, 0) AS to_hand_over_count
    FROM tallies_in_window('carrier_disposal', $window_months)
)

SELECT
    tallies.division_code,
    tallies.as_of AS period,
    tallies.counted_in AS event_period,
    'carrier_disposal' AS contract,
    tallies.filing_id,
    tallies.file_name,
    tallies.sheet,
    tallies.row,
    tallies.organisation_code AS subject,
    tallies.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    coalesce(tallies.self_destroyed_count, 0) + coalesce(tallies.centrally_destroyed_count, 0) AS destroyed,
    coalesce(tallies.self_destroyed_count, 0) AS self_destroyed,
    at_most(tallies.self_logged_count, tallies.self_destroyed_count) AS self_destroyed_logged,
    tallies.to_hand_over_count AS devices_to_hand_over,
    at_most(tallies.devices_handed_over_count, tallies.to_hand_over_count) AS devices_handed_over
FROM tallies
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
ORDER BY tallies.as_of, tallies.division_code, tallies.counted_in, tallies.organisation_code, tallies.row;
