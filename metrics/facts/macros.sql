-- Words that several facts use. Temporary: they serve the computation and do not stand in the snapshot.

CREATE OR REPLACE TEMP MACRO month_of(day) AS strftime(day, '%Y-%m');

-- First day of a window of so many months that ends with the month starting on a day; null for a stock.
CREATE OR REPLACE TEMP MACRO window_start(starts_on, window_months) AS
    (starts_on - to_months(window_months - 1))::DATE;

-- A part as filed, never more than its whole: a share stays a share, and one reporter's slip hides no other's gap.
CREATE OR REPLACE TEMP MACRO at_most(part, whole) AS least(coalesce(part, 0), coalesce(whole, 0));

-- The three ways in which a month looks at filed rows. Each gives `as_of`, `month_starts_on` and `month_ends_on` beside
-- the filed columns; rows of the filing itself keep their names.

-- Registers, and what a tally says of its period's end: the rows of the newest period that had ended.
CREATE OR REPLACE TEMP MACRO rows_of_record(source) AS TABLE
    SELECT
        months.period AS as_of,
        months.starts_on AS month_starts_on,
        months.ends_on AS month_ends_on,
        filed.*
    FROM months
    INNER JOIN query_table(source) AS filed
        ON filed.period IN (months.period, months.quarter_of_record, months.year_of_record);

-- What tallies count over periods: all that ended within the window, with the month each ended in.
CREATE OR REPLACE TEMP MACRO tallies_in_window(source, window_months) AS TABLE
    SELECT
        months.period AS as_of,
        months.starts_on AS month_starts_on,
        months.ends_on AS month_ends_on,
        last_month(filed.period) AS counted_in,
        filed.*
    FROM months
    INNER JOIN query_table(source) AS filed
        ON
            last_month(filed.period)
            BETWEEN month_of(window_start(months.starts_on, window_months)) AND months.period;

-- Events as last reported: a filed state holds until the reporter's next filing that names the same key, or that of
-- the division that succeeded it.
CREATE OR REPLACE TEMP MACRO event_states(source, subject_key) AS TABLE
    WITH versions AS (
        SELECT
            filed.*,
            last_month(filed.period) AS known_from,
            lead(last_month(filed.period)) OVER (
                PARTITION BY coalesce(divisions.successor_code, filed.division_code), subject_key
                ORDER BY filed.period, filed.row
            ) AS known_until
        FROM query_table(source) AS filed
        LEFT JOIN divisions ON filed.division_code = divisions.division_code
    )

    SELECT
        months.period AS as_of,
        months.starts_on AS month_starts_on,
        months.ends_on AS month_ends_on,
        versions.* EXCLUDE (known_from, known_until)
    FROM months
    INNER JOIN versions
        ON
            months.period >= versions.known_from
            AND (versions.known_until IS NULL OR months.period < versions.known_until);

-- Sector and level of an organisation as a month sees them: by its own reporter's register of record.
CREATE OR REPLACE TEMP MACRO organisations_of_record() AS TABLE
    SELECT
        as_of,
        division_code,
        organisation_code,
        sector,
        level
    FROM rows_of_record('organisations');
