-- What the tally of the quarter of record says of its last day (Art. 18): devices that wait, and whether a log is kept. A
-- stock.
CREATE OR REPLACE TABLE fact_carrier_stocks AS
WITH stocks AS (FROM rows_of_record('carrier_disposal'))

SELECT
    stocks.division_code,
    stocks.as_of AS period,
    NULL::VARCHAR AS event_period,
    'carrier_disposal' AS contract,
    stocks.filing_id,
    stocks.file_name,
    stocks.sheet,
    stocks.row,
    stocks.organisation_code AS subject,
    stocks.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    1 AS organisations,
    coalesce(stocks.devices_waiting_count, 0) AS devices_waiting,
    coalesce(stocks.has_disposal_log, FALSE)::INTEGER AS has_disposal_log
FROM stocks
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
ORDER BY stocks.as_of, stocks.division_code, stocks.organisation_code, stocks.row;
