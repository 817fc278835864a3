-- How much a reporter's rate moves from filing to filing: the sum over its last eight filings (six at least) of
-- (x − n·p)² / (n·p·(1 − p)), which is about the number of filings less one where the rate is honest (the dispersion test
-- of the binomial). One row per rate (`part`): each is judged by itself.
CREATE OR REPLACE TEMP TABLE integrity_counted AS
WITH totals AS (
    SELECT
        contract,
        division_code,
        period,
        numerator,
        x::DOUBLE AS x,
        n::DOUBLE AS n
    FROM integrity_totals
    WHERE n >= 10
),

ranked AS (
    SELECT
        *,
        dense_rank() OVER (PARTITION BY contract, division_code ORDER BY period) AS place
    FROM totals
),

series AS (
    SELECT
        ends.contract,
        ends.division_code,
        ends.period,
        ends.numerator,
        back.x,
        back.n,
        sum(back.x) OVER series / sum(back.n) OVER series AS p,
        count(*) OVER series AS filings
    FROM ranked AS ends
    SEMI JOIN integrity_opening ON last_month(ends.period) >= integrity_opening.open_from
    INNER JOIN ranked AS back
        ON
            ends.contract = back.contract
            AND ends.division_code = back.division_code
            AND ends.numerator = back.numerator
            AND back.place BETWEEN ends.place - 7 AND ends.place
    WINDOW series AS (PARTITION BY ends.contract, ends.division_code, ends.period, ends.numerator)
),

moved AS (
    SELECT
        contract,
        division_code,
        period,
        numerator,
        sum(n) AS trials,
        any_value(filings) - 1 AS freedom,
        any_value(p) AS p,
        -- x is a whole number: even a rate held by hand misses n·p by up to a half
        -- in the order of the figures: the sum of fractions hangs on it, and two builds are to give the same
        list_sum(list(greatest(abs(x - n * p) - 0.5, 0) ** 2 / (n * p * (1 - p)) ORDER BY n, x)) AS moved
    FROM series
    WHERE filings >= 6 AND p > 0 AND p < 1
    GROUP BY contract, division_code, period, numerator
    -- with fewer cases on either side, chi-square says nothing of so small a sum
    HAVING any_value(p) * (1 - any_value(p)) * avg(n) >= 3
)

SELECT
    moved.contract,
    moved.division_code,
    moved.period,
    moved.numerator AS part,
    moved.trials,
    moved.moved AS observed,
    moved.freedom::DOUBLE AS freedom,
    [{
        'evidence_period': moved.period, 'filing_id': filings.filing_id, 'row': NULL::BIGINT,
        'detail': '“' || columns.title || '”的比率 ' || (moved.freedom + 1) || ' 期都在 ' || round(100 * moved.p, 1) || '% 上下，几乎不动'
    }] AS evidence
FROM moved
INNER JOIN integrity_filings AS filings
    ON
        moved.contract = filings.contract
        AND moved.division_code = filings.division_code
        AND moved.period = filings.period
LEFT JOIN contract_columns AS columns ON moved.contract = columns.contract AND moved.numerator = columns.column_name;
