-- Cells without their intervals. Numerators and denominators add over the members of a scope; rates are never averaged,
-- and of a duration the days of all rows are pooled, in order.
-- The spine of indicator × scope × month comes first, so that a silent reporter has a cell that says so.
CREATE OR REPLACE TEMP TABLE sums AS
WITH indicators AS (FROM indicators),

members AS (
    SELECT
        places.place,
        scopes.member_code
    FROM scopes
    INNER JOIN cell_places AS places USING (scope_code, scope)
),

reports AS (
    SELECT
        indicators.position,
        months.month,
        coverage.division_code,
        coverage.is_expected,
        coverage.is_filed,
        coverage.counts
    FROM coverage
    INNER JOIN indicators USING (indicator)
    INNER JOIN cell_months AS months USING (period)
),

-- what each reporter that counts adds to each of its groups: to all, to a sector, to a level
added AS (
    SELECT
        position,
        division_code,
        period,
        sum(numerator) AS numerator,
        sum(denominator) AS denominator,
        flatten(list(days) FILTER (WHERE days IS NOT NULL)) AS days,
        CASE grouping(sector, level) WHEN 1 THEN 'sector' WHEN 2 THEN 'level' ELSE 'all' END AS group_kind,
        CASE grouping(sector, level) WHEN 1 THEN sector WHEN 2 THEN level ELSE '' END AS group_value
    FROM contributions
    GROUP BY
        GROUPING SETS (
            (position, division_code, period),
            (position, division_code, period, sector),
            (position, division_code, period, level)
        )
),

reported AS (
    SELECT
        added.position,
        months.month,
        added.division_code,
        groups.group_no,
        added.numerator,
        added.denominator,
        added.days
    FROM added
    INNER JOIN cell_months AS months USING (period)
    INNER JOIN cell_groups AS groups USING (group_kind, group_value)
),

grouped AS (
    SELECT
        reported.position,
        members.place,
        reported.month,
        reported.group_no,
        sum(reported.numerator) AS numerator,
        sum(reported.denominator) AS denominator,
        flatten(list(reported.days) FILTER (WHERE reported.days IS NOT NULL)) AS days
    FROM reported
    INNER JOIN reports USING (position, month, division_code)
    INNER JOIN members ON reported.division_code = members.member_code
    WHERE reports.counts
    GROUP BY ALL
),

completeness AS (
    SELECT
        reports.position,
        members.place,
        reports.month,
        count(*) FILTER (WHERE reports.is_expected)::INTEGER AS reporters_expected,
        count(*) FILTER (WHERE reports.is_filed)::INTEGER AS reporters_filed
    FROM reports
    INNER JOIN members ON reports.division_code = members.member_code
    GROUP BY ALL
),

all_group AS (SELECT group_no FROM cell_groups WHERE group_kind = 'all'),

spine AS (
    SELECT
        indicators.position,
        places.place,
        months.month,
        all_group.group_no
    FROM indicators
    CROSS JOIN cell_places AS places
    CROSS JOIN cell_months AS months
    CROSS JOIN all_group
),

-- one row per spine cell, and one per sector and level in which there was anything to count
placed AS (
    SELECT
        spine.*,
        grouped.numerator,
        grouped.denominator,
        grouped.days
    FROM spine
    LEFT JOIN grouped USING (position, place, month, group_no)
    UNION ALL
    SELECT grouped.*
    FROM grouped
    ANTI JOIN all_group USING (group_no)
    WHERE grouped.numerator <> 0 OR grouped.denominator <> 0
),

complete AS (
    SELECT
        placed.* EXCLUDE (numerator, denominator, days),
        coalesce(completeness.reporters_expected, 0) AS reporters_expected,
        coalesce(completeness.reporters_filed, 0) AS reporters_filed,
        indicators.contract IS NULL OR coalesce(completeness.reporters_filed, 0) > 0 AS is_known,
        CASE WHEN is_known THEN coalesce(placed.numerator, 0) END AS numerator,
        CASE WHEN is_known THEN coalesce(placed.denominator, 0) END AS denominator,
        -- a row that does not count has no days; the reporter's other rows may still
        list_sort(list_filter(placed.days, lambda day: day IS NOT NULL)) AS days,
        indicators.kind,
        indicators.quantile,
        indicators.per,
        indicators.direction,
        indicators.smallest_denominator
    FROM placed
    INNER JOIN indicators ON placed.position = indicators.position
    LEFT JOIN completeness
        ON
            placed.position = completeness.position
            AND placed.place = completeness.place
            AND placed.month = completeness.month
)

SELECT
    * EXCLUDE (is_known, smallest_denominator),
    CASE
        WHEN NOT is_known AND reporters_expected > 0 THEN 'not_filed'
        WHEN coalesce(denominator, 0) = 0 THEN 'not_applicable'
        WHEN denominator < smallest_denominator THEN 'too_small'
        ELSE 'value'
    END AS outcome
FROM complete;
