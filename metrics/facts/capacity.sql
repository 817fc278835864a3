-- What each bureau has to work with, by the tally of the year of record (Art. 5, 8, 11, 29): one row a reporter. A stock.
-- A budget is executed when at least nine tenths of it were spent; a bureau without a budget has none to execute.
CREATE OR REPLACE TABLE fact_capacity AS
WITH areas AS (
    SELECT
        *,
        coalesce(budget_amount > 0, FALSE) AS has_budget,
        coalesce(is_border, FALSE) AS is_at_border
    FROM rows_of_record('capacity')
)

SELECT
    areas.division_code,
    areas.as_of AS period,
    NULL::VARCHAR AS event_period,
    'capacity' AS contract,
    areas.filing_id,
    areas.file_name,
    areas.sheet,
    areas.row,
    areas.area_code AS subject,
    NULL::VARCHAR AS organisation_code,
    NULL::VARCHAR AS sector,
    NULL::VARCHAR AS level,
    1 AS areas,
    coalesce(areas.posts_count, 0) AS posts,
    at_most(areas.posts_filled_count, areas.posts_count) AS posts_filled,
    coalesce(areas.in_development_plan, FALSE)::INTEGER AS in_development_plan,
    coalesce(areas.has_budget_line, FALSE)::INTEGER AS has_budget_line,
    areas.has_budget::INTEGER AS has_budget,
    (areas.has_budget AND coalesce(round(areas.spent_amount / areas.budget_amount, 9) >= 0.9, FALSE))::INTEGER
        AS budget_executed,
    coalesce(areas.townships_count, 0) AS townships,
    at_most(areas.townships_named_count, areas.townships_count) AS townships_named,
    coalesce(areas.villages_count, 0) AS villages,
    at_most(areas.villages_liaison_count, areas.villages_count) AS villages_with_liaison,
    areas.is_at_border::INTEGER AS border,
    (areas.is_at_border AND coalesce(areas.has_border_system, FALSE))::INTEGER AS has_border_system
FROM areas
ORDER BY areas.as_of, areas.division_code, areas.area_code, areas.row;
