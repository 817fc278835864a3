-- Sums and intervals joined into cells. A duration is a quantile of its days, in between two of them by a straight line
-- (as PERCENTILE in a spreadsheet); its limits are two of the days. `is_better` compares with the month before: null when either is no value, or equal.
CREATE OR REPLACE TABLE cells AS
WITH sums AS (FROM sums),

intervals AS (FROM intervals),

places AS (FROM places),

placed AS (
    SELECT
        sums.*,
        sums.quantile * (sums.denominator - 1) + 1 AS place,
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
                    sums.days[floor(sums.place)::INTEGER]
                    + (sums.place - floor(sums.place))
                    * (sums.days[ceil(sums.place)::INTEGER] - sums.days[floor(sums.place)::INTEGER])
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

compared AS (
    SELECT
        *,
        lag(value) OVER before AS earlier_value,
        lag(period) OVER before AS earlier_period
    FROM valued
    WINDOW before AS (PARTITION BY indicator, scope_code, scope, group_kind, group_value ORDER BY period)
)

SELECT
    indicator,
    scope_code,
    scope,
    period,
    group_kind,
    group_value,
    numerator,
    denominator,
    value,
    lower,
    upper,
    outcome,
    reporters_expected::INTEGER AS reporters_expected,
    reporters_filed::INTEGER AS reporters_filed,
    CASE
        -- a sector or level may have been absent for some months; an older value is not the month before
        WHEN earlier_period <> month_of((strptime(period || '-01', '%Y-%m-%d') - INTERVAL 1 MONTH)::DATE) THEN NULL
        WHEN value IS NULL OR earlier_value IS NULL OR value = earlier_value THEN NULL
        ELSE (value > earlier_value) = (direction = 'higher_is_better')
    END AS is_better
FROM compared
ORDER BY position, scope_code, scope, period, group_kind, group_value;
