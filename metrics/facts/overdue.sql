-- Overdue findings over organisations: two filings meet in one rate, so the rows of both stand in one fact, each
-- adding to its own side. A stock.
CREATE OR REPLACE TABLE fact_overdue AS
WITH findings AS (FROM fact_findings),

organisations AS (FROM fact_organisations),

both_sides AS (
    SELECT
        division_code, period, contract, filing_id, file_name, sheet, row, subject, organisation_code, sector, level,
        1 AS overdue,
        0 AS organisations,
        days_overdue
    FROM findings
    WHERE overdue = 1
    UNION ALL
    SELECT
        division_code, period, contract, filing_id, file_name, sheet, row, subject, organisation_code, sector, level,
        0 AS overdue,
        1 AS organisations,
        0 AS days_overdue
    FROM organisations
)

SELECT
    division_code,
    period,
    NULL::VARCHAR AS event_period,
    contract,
    filing_id,
    file_name,
    sheet,
    row,
    subject,
    organisation_code,
    sector,
    level,
    overdue,
    organisations,
    days_overdue
FROM both_sides
ORDER BY period, division_code, contract, subject, row;
