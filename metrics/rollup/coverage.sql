-- Who should stand in an indicator's cells, and who does: one row per indicator, reporter and month.
-- An indicator counts a reporter when every filing it needs has come for the period of record. An indicator that needs
-- no filing (reporting quality) counts every reporter that had anything due: there, silence is what is measured.
-- A division that has ended is expected no more; what it had filed by its last month still counts in its areas as far
-- as a window reaches back to it, so that a merger or a split does not break their series. A stock passes to the
-- successor with its first filing.
CREATE OR REPLACE TABLE coverage AS
WITH months AS (FROM months),

indicators AS (FROM indicators),

expected_filings AS (FROM expected_filings),

needs AS (
    SELECT
        indicator,
        unnest(string_split(contract, ',')) AS contract,
        len(string_split(contract, ',')) AS need_count
    FROM indicators
    WHERE contract IS NOT NULL
),

periods_of_record AS (FROM periods_of_record),

by_filing AS (
    SELECT
        needs.indicator,
        expected.division_code,
        record.period,
        -- at the start of the data a quarter of record may lie before anything was due: then nobody is expected
        count(*) = any_value(needs.need_count) AS is_expected,
        count(*) FILTER (WHERE expected.state IN ('on_time', 'late')) = any_value(needs.need_count) AS is_filed
    FROM needs
    INNER JOIN periods_of_record AS record ON needs.contract = record.contract
    INNER JOIN expected_filings AS expected
        ON record.contract = expected.contract AND record.contract_period = expected.period
    GROUP BY ALL
),

by_silence AS (
    SELECT
        indicators.indicator,
        expected.division_code,
        months.period,
        TRUE AS is_expected,
        bool_or(expected.state IN ('on_time', 'late')) AS is_filed
    FROM indicators
    CROSS JOIN months
    INNER JOIN expected_filings AS expected
        ON
            expected.month BETWEEN month_of(window_start(months.starts_on, indicators.window_months))
            AND months.period
    WHERE indicators.contract IS NULL
    GROUP BY ALL
),

last_filed AS (
    SELECT
        by_filing.indicator,
        by_filing.division_code,
        by_filing.period
    FROM by_filing
    INNER JOIN ended_divisions AS ended
        ON by_filing.division_code = ended.division_code AND by_filing.period = ended.last_period
    WHERE by_filing.is_filed
    UNION
    FROM settled_ends
),

after_end AS (
    SELECT
        last_filed.indicator,
        last_filed.division_code,
        months.period
    FROM last_filed
    INNER JOIN indicators
        ON last_filed.indicator = indicators.indicator AND indicators.window_months IS NOT NULL
    INNER JOIN months ON months.period > last_filed.period
    ANTI JOIN by_filing AS later
        ON
            last_filed.indicator = later.indicator
            AND last_filed.division_code = later.division_code
            AND months.period = later.period
)

SELECT indicator, division_code, period, is_expected, is_filed, is_filed AS counts FROM by_filing
UNION ALL
SELECT indicator, division_code, period, FALSE AS is_expected, FALSE AS is_filed, TRUE AS counts FROM after_end
UNION ALL
SELECT indicator, division_code, period, is_expected, is_filed, TRUE AS counts FROM by_silence
ORDER BY indicator, period, division_code;
