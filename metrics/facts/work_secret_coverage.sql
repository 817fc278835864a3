-- Organisations on the register of record, and whether each has a list of work secrets filed with the bureau (Art. 43).
-- A stock; an organisation without a list has no row in the lists, so its row here is that of the register.
CREATE OR REPLACE TABLE fact_work_secret_coverage AS
WITH organisations AS (FROM fact_organisations),

filed AS (
    SELECT DISTINCT
        as_of,
        division_code,
        organisation_code
    FROM rows_of_record('work_secret_lists')
    WHERE filed_here_on <= month_ends_on
)

SELECT
    organisations.* EXCLUDE (
        organisations, has_body, has_post, body_or_post, has_responsibility_system, key_unit, temporary_body
    ),
    1 AS organisations,
    (filed.organisation_code IS NOT NULL)::INTEGER AS list_filed
FROM organisations
LEFT JOIN filed
    ON
        organisations.period = filed.as_of
        AND organisations.division_code = filed.division_code
        AND organisations.organisation_code = filed.organisation_code
ORDER BY organisations.period, organisations.division_code, organisations.organisation_code, organisations.row;
