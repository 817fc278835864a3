-- Rows of a tally that stand, figure by figure, in one other reporter's filing of the same period: of all others the one
-- with the most. A row that others had in another period too, or more than a tenth of all reporters in this one, is a
-- common one and not counted. `tried_places` is how many others there were to look at.
CREATE OR REPLACE TEMP TABLE integrity_counted AS
WITH known AS (
    SELECT
        *,
        count(DISTINCT division_code) OVER (PARTITION BY contract, period, figures) AS places
    FROM (
        SELECT
            *,
            row_number() OVER (PARTITION BY contract, period, division_code, figures ORDER BY row) AS again,
            count(*) OVER (PARTITION BY contract, figures) > count(*) OVER (PARTITION BY contract, period, figures)
                AS is_common
        FROM integrity_rows
    )
    WHERE again = 1
),

reporters AS (
    SELECT contract, period, count(DISTINCT division_code) AS reporters
    FROM known
    GROUP BY contract, period
),

pairs AS (
    SELECT
        here.contract,
        here.division_code,
        here.period,
        there.division_code AS other_code,
        count(*) AS observed,
        list({
            'evidence_period': here.period, 'filing_id': here.filing_id, 'row': here.row,
            'detail': here.organisation_code || ' 各项与 ' || there.division_code || ' 的 ' || there.organisation_code
            || '（第 ' || there.row || ' 行）完全相同'
        } ORDER BY here.row) AS evidence
    FROM known AS here
    INNER JOIN known AS there
        ON
            here.contract = there.contract
            AND here.period = there.period
            AND here.figures = there.figures
            AND here.division_code <> there.division_code
    INNER JOIN reporters ON here.contract = reporters.contract AND here.period = reporters.period
    WHERE NOT here.is_common AND here.places <= greatest(2, 0.1 * reporters.reporters)
    GROUP BY here.contract, here.division_code, here.period, there.division_code
),

tried AS (
    SELECT
        contract,
        division_code,
        period,
        count(*) AS trials,
        count(*) OVER (PARTITION BY contract, period) - 1 AS tried_places
    FROM known
    GROUP BY contract, division_code, period
)

SELECT
    tried.contract,
    tried.division_code,
    tried.period,
    '' AS part,
    tried.trials::DOUBLE AS trials,
    coalesce(max(pairs.observed), 0)::DOUBLE AS observed,
    any_value(greatest(tried.tried_places, 1))::DOUBLE AS tried_places,
    arg_max(pairs.evidence, (pairs.observed, pairs.other_code)) AS evidence
FROM tried
LEFT JOIN pairs
    ON
        tried.contract = pairs.contract
        AND tried.division_code = pairs.division_code
        AND tried.period = pairs.period
GROUP BY tried.contract, tried.division_code, tried.period, tried.trials;
