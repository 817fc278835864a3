-- Posts, budget and persons named of each bureau, as of the newest yearly filing at one month (Art. 5, 8, 10, 11, 29).
-- Every reporter from whom the table was due has a row; its figures are null where it did not come.
WITH due AS (
    SELECT division_code, period, state
    FROM expected_filings
    WHERE contract = 'capacity' AND month <= $period
    QUALIFY month = max(month) OVER ()
),

filed AS (
    SELECT capacity.*
    FROM fact_capacity AS facts
    INNER JOIN capacity
        ON capacity.filing_id = facts.filing_id AND capacity.sheet = facts.sheet AND capacity.row = facts.row
    WHERE facts.period = $period
)

SELECT
    due.division_code, divisions.short_name, divisions.kind, divisions.parent_code, due.period, due.state,
    filed.posts_count, filed.posts_filled_count, filed.in_development_plan, filed.has_budget_line,
    filed.budget_amount, filed.spent_amount, filed.townships_count, filed.townships_named_count,
    filed.villages_count, filed.villages_liaison_count, filed.is_border, filed.has_border_system,
    filed.filing_id, filed.sheet, filed.row
FROM due
LEFT JOIN divisions ON divisions.division_code = due.division_code AND divisions.valid_to IS NULL
LEFT JOIN filed ON filed.division_code = due.division_code
WHERE
  ($within::VARCHAR IS NULL
   OR due.division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, due.division_code))
ORDER BY due.division_code;
