-- What each organisation says of its classified matters over a year (Art. 14–16), counted in the year's December: a
-- window of twelve months holds one December. Some duties are those of an organisation that holds such matters.
CREATE OR REPLACE TABLE fact_classification_reviews AS
WITH tallies AS (
    SELECT
        *,
        coalesce(opening_count, 0) + coalesce(determined_count, 0) AS held_count
    FROM tallies_in_window('classification_reviews', $window_months)
)

SELECT
    tallies.division_code,
    tallies.as_of AS period,
    tallies.counted_in AS event_period,
    'classification_reviews' AS contract,
    tallies.filing_id,
    tallies.file_name,
    tallies.sheet,
    tallies.row,
    tallies.organisation_code AS subject,
    tallies.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    coalesce(tallies.determined_count, 0) AS determined,
    at_most(tallies.full_record_count, tallies.determined_count) AS with_full_record,
    tallies.held_count AS held,
    at_most(tallies.reviewed_count, tallies.held_count) AS reviewed,
    coalesce(tallies.due_to_expire_count, 0) AS expiring,
    at_most(tallies.expired_undecided_count, tallies.due_to_expire_count) AS expired_undecided,
    coalesce(tallies.declassified_count, 0) AS declassified,
    at_most(tallies.notified_count, tallies.declassified_count) AS notified,
    (tallies.held_count > 0)::INTEGER AS holds_items,
    (tallies.held_count > 0 AND coalesce(tallies.has_expiry_reminder, FALSE))::INTEGER AS has_expiry_reminder,
    (tallies.held_count > 0 AND coalesce(tallies.has_embedded_flow, FALSE))::INTEGER AS has_embedded_flow
FROM tallies
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
ORDER BY tallies.as_of, tallies.division_code, tallies.counted_in, tallies.organisation_code, tallies.row;
