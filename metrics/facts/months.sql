-- The spine of as-of months, with what each month looks back on. A quarter or a year is of record once it has ended.
CREATE OR REPLACE TABLE months AS
WITH ends AS (
    SELECT
        starts_on::DATE AS starts_on,
        last_day(starts_on) AS ends_on
    FROM range(
        strptime($first_period || '-01', '%Y-%m-%d'),
        strptime($period || '-01', '%Y-%m-%d') + INTERVAL 1 MONTH,
        INTERVAL 1 MONTH
    ) AS spine (starts_on)
),

record_ends AS (
    SELECT
        *,
        -- a day after the end of a quarter lies in the next one: three months back from there is the quarter of record
        (ends_on + 1 - INTERVAL 3 MONTH)::DATE AS in_quarter_of_record,
        (ends_on + 1 - INTERVAL 12 MONTH)::DATE AS in_year_of_record
    FROM ends
)

SELECT
    strftime(starts_on, '%Y-%m') AS period,
    starts_on,
    ends_on,
    year(in_quarter_of_record) || 'Q' || quarter(in_quarter_of_record) AS quarter_of_record,
    year(in_year_of_record)::VARCHAR AS year_of_record
FROM record_ends
ORDER BY period;
