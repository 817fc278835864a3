-- Findings still open, over organisations, as in `overdue`: what weighs most of them (Art. 41). A stock. A finding is
-- to be criticised openly once it is past due; thirty days of grace are for the bureau to do so.
CREATE OR REPLACE TABLE fact_open_findings AS
WITH findings AS (FROM fact_findings),

organisations AS (FROM fact_organisations),

both_sides AS (
    SELECT
        division_code, period, contract, filing_id, file_name, sheet, row, subject, organisation_code, sector, level,
        grave AS grave_open,
        0 AS organisations,
        (days_overdue > 30)::INTEGER AS to_criticise,
        (days_overdue > 30 AND criticised = 1)::INTEGER AS criticised
    FROM findings
    WHERE open = 1
    UNION ALL
    SELECT
        division_code, period, contract, filing_id, file_name, sheet, row, subject, organisation_code, sector, level,
        0 AS grave_open,
        1 AS organisations,
        0 AS to_criticise,
        0 AS criticised
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
    grave_open,
    organisations,
    to_criticise,
    criticised
FROM both_sides
ORDER BY period, division_code, contract, subject, row;
