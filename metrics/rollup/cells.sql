-- Sums and intervals joined into cells. A duration is a quantile of its days, in between two of them by a straight line
-- (as PERCENTILE in a spreadsheet); its limits are two of the days. `is_better` compares with the month before: null when either is no value, or equal.
CREATE OR REPLACE TABLE cells AS
WITH sums AS (FROM sums),

intervals AS (FROM intervals),

places AS (FROM places),

placed AS (
    SELECT
        sums.*,
        sums.quantile * (sums.denominator - 1) + 1 AS rank_in_days,
        places.lower_place,
        places.upper_place
    FROM sums
    LEFT JOIN places
        ON
            sums.outcome = 'value'
            AND sums.kind = 'duration'
            AND sums.quantile = places.quantile
            AND sums.denominator = places.denominator
),

valued AS (
    SELECT
        sums.*,
        CASE
            WHEN sums.outcome <> 'value' THEN NULL
            WHEN sums.kind = 'duration'
                THEN
                    sums.days[floor(sums.rank_in_days)::INTEGER]
                    + (sums.rank_in_days - floor(sums.rank_in_days))
                    * (
                        sums.days[ceil(sums.rank_in_days)::INTEGER]
                        - sums.days[floor(sums.rank_in_days)::INTEGER]
                    )
            ELSE sums.per * sums.numerator / nullif(sums.denominator, 0)
        END AS value,
        coalesce(sums.days[sums.lower_place], intervals.lower) AS lower,
        coalesce(sums.days[sums.upper_place], intervals.upper) AS upper
    FROM placed AS sums
    LEFT JOIN intervals
        ON
            sums.outcome = 'value'
            AND sums.kind = intervals.kind
            AND sums.per = intervals.per
            AND sums.numerator = intervals.numerator
            AND sums.denominator = intervals.denominator
),

earlier AS (
    SELECT
        position,
        place,
        month + 1 AS month,
        group_no,
        value AS earlier_value
    FROM valued
    WHERE value IS NOT NULL
)

SELECT
    indicators.indicator,
    cell_places.scope_code,
    cell_places.scope,
    cell_months.period,
    cell_groups.group_kind,
    cell_groups.group_value,
    valued.numerator,
    valued.denominator,
    valued.value,
    valued.lower,
    valued.upper,
    valued.outcome,
    valued.reporters_expected,
    valued.reporters_filed,
    -- a sector or level may have been absent for some months; an older value is not the month before
    CASE
        WHEN valued.value <> earlier.earlier_value
            THEN (valued.value > earlier.earlier_value) = (valued.direction = 'higher_is_better')
    END AS is_better
FROM valued
LEFT JOIN earlier USING (position, place, month, group_no)
INNER JOIN indicators USING (position)
INNER JOIN cell_places USING (place)
INNER JOIN cell_months USING (month)
INNER JOIN cell_groups USING (group_no)
ORDER BY valued.position, valued.place, valued.month, valued.group_no;
