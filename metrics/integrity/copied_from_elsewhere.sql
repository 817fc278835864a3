-- Rows of a tally that stand, figure by figure, in one other reporter's filing of the same period: of all others the one
-- with the most. `expected` is how many would by chance: each row may be met by any of the other's rows, as often as the
-- same figures occur in the whole contract elsewhere up to this period (half a time more, since no figures are
-- impossible; what is filed later never changes what a period says). So rows that are common everywhere count for little.
-- `tried_places` is how many others there were to look at.
CREATE OR REPLACE TEMP TABLE integrity_counted AS
WITH every_row_once AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY contract, figures ORDER BY period) AS occurrences,
        count(*) OVER (PARTITION BY contract ORDER BY period) AS rows_in_all
    FROM integrity_rows
    QUALIFY row_number() OVER (PARTITION BY contract, period, division_code, figures ORDER BY row) = 1
),

rows_once AS (
    SELECT every_row_once.*
    FROM every_row_once
    SEMI JOIN integrity_opening ON last_month(every_row_once.period) >= integrity_opening.open_from
),

tried AS (
    SELECT
        contract,
        division_code,
        period,
        count(*) AS trials,
        sum(occurrences - 0.5) AS chances,
        any_value(rows_in_all) AS rows_in_all,
        count(*) OVER (PARTITION BY contract, period) - 1 AS tried_places
    FROM rows_once
    GROUP BY contract, division_code, period
),

-- Every pair of rows that are equal; what is said of them is put together for the chosen reporter alone.
pairs AS (
    SELECT
        here.contract,
        here.division_code,
        here.period,
        here.filing_id,
        here.row,
        here.organisation_code,
        there.division_code AS other_code,
        there.organisation_code AS other_organisation,
        there.row AS other_row
    FROM rows_once AS here
    INNER JOIN rows_once AS there
        ON
            here.contract = there.contract
            AND here.period = there.period
            AND here.figures = there.figures
            AND here.division_code <> there.division_code
),

best AS (
    SELECT
        contract,
        division_code,
        period,
        other_code,
        count(*) AS observed
    FROM pairs
    GROUP BY contract, division_code, period, other_code
    QUALIFY row_number() OVER (PARTITION BY contract, division_code, period ORDER BY observed DESC, other_code) = 1
),

told AS (
    SELECT
        contract,
        division_code,
        period,
        list({
            'evidence_period': period, 'filing_id': filing_id, 'row': row,
            'detail': organisation_code || ' 各项与 ' || other_code || ' 的 ' || other_organisation || '（第 ' || other_row
            || ' 行）完全相同'
        } ORDER BY row) AS evidence
    FROM pairs
    SEMI JOIN best USING (contract, division_code, period, other_code)
    GROUP BY ALL
)

SELECT
    tried.contract,
    tried.division_code,
    tried.period,
    '' AS part,
    tried.trials::DOUBLE AS trials,
    coalesce(best.observed, 0)::DOUBLE AS observed,
    greatest(tried.tried_places, 1)::DOUBLE AS tried_places,
    (coalesce(others.trials, tried.trials) * (tried.chances - coalesce(best.observed, 0)) / tried.rows_in_all)::DOUBLE
        AS expected,
    told.evidence
FROM tried
LEFT JOIN best
    ON
        tried.contract = best.contract
        AND tried.division_code = best.division_code
        AND tried.period = best.period
LEFT JOIN tried AS others
    ON best.contract = others.contract AND best.other_code = others.division_code AND best.period = others.period
LEFT JOIN told
    ON
        tried.contract = told.contract
        AND tried.division_code = told.division_code
        AND tried.period = told.period;
