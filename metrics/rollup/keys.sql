-- Numbers that stand for readings, months and groups while millions of cells are computed: joined and sorted as text
-- they take several times as long. Each counts in the order in which cells are stored.
CREATE OR REPLACE TEMP TABLE cell_places AS
SELECT
    row_number() OVER (ORDER BY scope_code, scope)::INTEGER AS place,
    scope_code,
    scope
FROM (SELECT DISTINCT scope_code, scope FROM scopes)
ORDER BY place;

CREATE OR REPLACE TEMP TABLE cell_months AS
SELECT
    row_number() OVER (ORDER BY period)::INTEGER AS month,
    period
FROM months
ORDER BY month;

-- all, then levels, then sectors: as their names are sorted
CREATE OR REPLACE TEMP TABLE cell_groups AS
SELECT
    row_number() OVER (ORDER BY group_kind, group_value)::INTEGER AS group_no,
    group_kind,
    group_value
FROM (
    SELECT 'all' AS group_kind, '' AS group_value
    UNION
    SELECT 'sector', sector FROM contributions WHERE sector IS NOT NULL
    UNION
    SELECT 'level', level FROM contributions WHERE level IS NOT NULL
)
ORDER BY group_no;
