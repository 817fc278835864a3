-- Rows of one tally as wholes. Only those that say enough are compared: a row of zeros and ones is like many others.
INSERT INTO integrity_rows
SELECT $contract, division_code, period, organisation_code, filing_id, row, figures
FROM (
    SELECT
        * EXCLUDE (every_figure),
        list_filter(every_figure, lambda figure: figure IS NOT NULL) AS figures
    FROM (
        SELECT
            division_code,
            period,
            organisation_code,
            filing_id,
            row,
            list_value(*COLUMNS('.*_count$'))::BIGINT [] AS every_figure
        FROM query_table($contract)
    )
)
WHERE list_sum(figures) >= 15 AND len(list_distinct(list_filter(figures, lambda figure: figure > 0))) >= 2;
