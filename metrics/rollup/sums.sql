-- Cells without their intervals. Numerators and denominators add over the members of a scope; rates are never averaged,
-- and of a duration the days of all rows are pooled, in order.
-- The spine of indicator × scope × month comes first, so that a silent reporter has a cell that says so.
CREATE OR REPLACE TEMP TABLE sums AS
WITH indicators AS (FROM indicators),

scopes AS (FROM scopes),

coverage AS (FROM coverage),

contributions AS (FROM contributions),

months AS (FROM months),

spine AS (
    SELECT
        indicators.indicator,
        places.scope_code,
        places.scope,
        months.period
    FROM indicators
    CROSS JOIN (SELECT DISTINCT scope_code, scope FROM scopes) AS places
    CROSS JOIN months
),

completeness AS (
    SELECT
        coverage.indicator,
        scopes.scope_code,
        scopes.scope,
        coverage.period,
        count(*) FILTER (WHERE coverage.is_expected) AS reporters_expected,
        count(*) FILTER (WHERE coverage.is_filed) AS reporters_filed
    FROM coverage
    INNER JOIN scopes ON coverage.division_code = scopes.member_code
    GROUP BY ALL
),

grouped AS (
    SELECT
        contributions.indicator,
        scopes.scope_code,
        scopes.scope,
        contributions.period,
        CASE
            WHEN grouping(contributions.sector) = 0 THEN 'sector'
            WHEN grouping(contributions.level) = 0 THEN 'level'
            ELSE 'all'
        END AS group_kind,
        coalesce(contributions.sector, contributions.level) AS group_value,
        sum(contributions.numerator) AS numerator,
        sum(contributions.denominator) AS denominator,
        flatten(list(contributions.days)) AS days
    FROM contributions
    INNER JOIN coverage
        ON
            contributions.indicator = coverage.indicator
            AND contributions.division_code = coverage.division_code
            AND contributions.period = coverage.period
            AND coverage.counts
    INNER JOIN scopes ON contributions.division_code = scopes.member_code
    GROUP BY
        contributions.indicator, scopes.scope_code, scopes.scope, contributions.period,
        GROUPING SETS ((), (contributions.sector), (contributions.level))
),

-- one row per spine cell, and one per sector and level in which there was anything to count
placed AS (
    SELECT
        spine.indicator,
        spine.scope_code,
        spine.scope,
        spine.period,
        'all' AS group_kind,
        '' AS group_value,
        grouped.numerator,
        grouped.denominator,
        grouped.days
    FROM spine
    LEFT JOIN grouped
        ON
            spine.indicator = grouped.indicator
            AND spine.scope_code = grouped.scope_code
            AND spine.scope = grouped.scope
            AND spine.period = grouped.period
            AND grouped.group_kind = 'all'
    UNION ALL
    SELECT indicator, scope_code, scope, period, group_kind, group_value, numerator, denominator, days
    FROM grouped
    WHERE group_kind <> 'all' AND group_value IS NOT NULL AND (numerator <> 0 OR denominator <> 0)
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
        indicators.position,
        indicators.smallest_denominator
    FROM placed
    INNER JOIN indicators ON placed.indicator = indicators.indicator
    LEFT JOIN completeness
        ON
            placed.indicator = completeness.indicator
            AND placed.scope_code = completeness.scope_code
            AND placed.scope = completeness.scope
            AND placed.period = completeness.period
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
