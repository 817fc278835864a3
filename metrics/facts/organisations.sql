-- Organisations on the register of record: Art. 7 asks each for a body or a named post. A stock.
CREATE OR REPLACE TABLE fact_organisations AS
WITH months AS (FROM months),

organisations AS (FROM organisations)

SELECT
    organisations.division_code,
    months.period,
    NULL::VARCHAR AS event_period,
    'organisations' AS contract,
    organisations.filing_id,
    organisations.file_name,
    organisations.sheet,
    organisations.row,
    organisations.organisation_code AS subject,
    organisations.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    1 AS organisations,
    coalesce(organisations.has_secrecy_body, FALSE)::INTEGER AS has_body,
    coalesce(organisations.has_secrecy_post, FALSE)::INTEGER AS has_post,
    (coalesce(organisations.has_secrecy_body, FALSE) OR coalesce(organisations.has_secrecy_post, FALSE))::INTEGER
        AS body_or_post,
    coalesce(organisations.has_responsibility_system, FALSE)::INTEGER AS has_responsibility_system,
    coalesce(
        organisations.key_unit_since <= months.ends_on
        AND (organisations.key_unit_until IS NULL OR organisations.key_unit_until >= months.ends_on),
        FALSE
    )::INTEGER AS key_unit,
    coalesce(organisations.is_temporary_body, FALSE)::INTEGER AS temporary_body
FROM months
INNER JOIN organisations ON months.quarter_of_record = organisations.period
ORDER BY months.period, organisations.division_code, organisations.organisation_code, organisations.row;
