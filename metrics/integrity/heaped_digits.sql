-- Counts of two digits or more that end in 0 or 5 (digit preference, Beaman et al. 1997); a number that stands twice in a
-- row counts once, since several columns of one row are often equal by right.
CREATE OR REPLACE TEMP TABLE integrity_counted AS
WITH figures AS (
    SELECT DISTINCT ON (contract, division_code, period, organisation_code, value)
        *
    FROM integrity_values
    WHERE value >= 10
    ORDER BY contract, division_code, period, organisation_code, value, column_name
)

SELECT
    figures.contract,
    figures.division_code,
    figures.period,
    '' AS part,
    count(*)::DOUBLE AS trials,
    count(*) FILTER (WHERE value % 5 = 0)::DOUBLE AS observed,
    list({
        'evidence_period': period, 'filing_id': filing_id, 'row': row,
        'detail': organisation_code || ' 的“' || columns.title || '”为 ' || value
    } ORDER BY row, figures.column_name) FILTER (WHERE value % 5 = 0) AS evidence
FROM figures
LEFT JOIN contract_columns AS columns
    ON figures.contract = columns.contract AND figures.column_name = columns.column_name
GROUP BY figures.contract, figures.division_code, figures.period;
