-- Incidents of twelve months by category, leak and month found, over an area; counts are hidden as in event_counts.sql:
-- from a reader who does not receive every filing, where an area of several reporters has from 1 to below $least.
WITH members AS (
    SELECT DISTINCT member_code
    FROM scopes
    WHERE scope_code = coalesce($within, '650000') AND scope = 'area'
      AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, member_code))
),

counted AS (
    SELECT incidents.category, count(*) AS incidents, count(*) FILTER (WHERE facts.leak_confirmed = 1) AS confirmed,
        count(*) FILTER (WHERE facts.closed = 0) AS unclosed
    FROM fact_incidents AS facts
    INNER JOIN incidents
        ON incidents.filing_id = facts.filing_id AND incidents.sheet = facts.sheet AND incidents.row = facts.row
    WHERE facts.period = $period AND facts.event_period > $since
      AND facts.division_code IN (SELECT member_code FROM members)
    GROUP BY incidents.category
),

exact AS (
    SELECT $exact::VARCHAR[] IS NULL OR bool_and(list_contains($exact, member_code)) AS is_exact
    FROM members
),

listed AS (
    SELECT
        codes.code AS category, codes.title, exact.is_exact,
        coalesce(incidents, 0) AS incidents, coalesce(confirmed, 0) AS confirmed, coalesce(unclosed, 0) AS unclosed
    FROM codes
    LEFT JOIN counted ON counted.category = codes.code
    CROSS JOIN exact
    WHERE codes.contract = 'incidents' AND codes.column_name = 'category'
)

SELECT
    category, title,
    CASE
        WHEN COLUMNS(* EXCLUDE (category, title, is_exact)) BETWEEN 1 AND $least - 1 AND NOT is_exact THEN NULL
        ELSE COLUMNS(* EXCLUDE (category, title, is_exact))
    END
FROM listed
ORDER BY category;
