-- Organisations with an information system in use, and whether each assessed its risks in the twelve months up to the
-- month's end (Art. 22, 41). A stock; the row named is that of the organisation's first facility on the register.
CREATE OR REPLACE TABLE fact_assessed_organisations AS
WITH assessments AS (
    SELECT DISTINCT
        as_of,
        division_code,
        organisation_code
    FROM event_states('risk_assessments', assessment_code)
    WHERE assessed_on BETWEEN window_start(month_starts_on, 12) AND month_ends_on
),

holders AS (
    SELECT *
    FROM fact_facilities
    WHERE system_in_use = 1
    QUALIFY row_number() OVER (PARTITION BY period, division_code, organisation_code ORDER BY subject, row) = 1
)

SELECT
    holders.division_code,
    holders.period,
    NULL::VARCHAR AS event_period,
    holders.contract,
    holders.filing_id,
    holders.file_name,
    holders.sheet,
    holders.row,
    holders.organisation_code AS subject,
    holders.organisation_code,
    holders.sector,
    holders.level,
    1 AS organisations,
    (assessments.organisation_code IS NOT NULL)::INTEGER AS assessed
FROM holders
LEFT JOIN assessments
    ON
        holders.period = assessments.as_of
        AND holders.division_code = assessments.division_code
        AND holders.organisation_code = assessments.organisation_code
ORDER BY holders.period, holders.division_code, holders.organisation_code;
