-- One contract and period of a country: every reporter takes its model's rows, so many times over. What names something
-- gets the reporter's code and the mark of the copy, so that keys stay keys.
WITH stock AS (FROM read_parquet($path)),

copies AS (
    SELECT
        number,
        CASE WHEN number = 0 THEN '' ELSE '-' || number END AS mark
    FROM range($times) AS numbers (number)
)

SELECT
    -- as `filing_record` makes it of a first attempt
    substr(sha256(concat_ws(' ', $contract, models.division_code, $period, '1')), 1, 16) AS filing_id,
    models.division_code,
    $period AS period,
    $contract || '_' || models.division_code || '_' || $period || '.xlsx' AS file_name,
    stock.sheet,
    copies.number * 100000 + stock.row AS row,
    $received_at AS received_at,
    /* columns */
FROM models
INNER JOIN stock ON models.model = stock.division_code
CROSS JOIN copies;
