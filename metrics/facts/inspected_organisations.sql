-- Organisations on the register of record, and who inspected each of late: others in twelve months, in six where it is a
-- key unit, and itself in twelve (Art. 6, 7, 22, 28). A stock.
CREATE OR REPLACE TABLE fact_inspected_organisations AS
WITH organisations AS (FROM fact_organisations),

-- by organisation, not by reporter: an inspection by the bureau above counts too
inspections AS (
    SELECT
        as_of,
        organisation_code,
        bool_or(inspection_kind <> 'self') AS by_others,
        bool_or(inspection_kind <> 'self' AND started_on >= window_start(month_starts_on, 6)) AS by_others_of_late,
        bool_or(inspection_kind = 'self') AS by_itself
    FROM event_states('inspections', inspection_code)
    WHERE started_on BETWEEN window_start(month_starts_on, 12) AND month_ends_on
    GROUP BY as_of, organisation_code
)

SELECT
    organisations.* EXCLUDE (
        organisations, has_body, has_post, body_or_post, has_responsibility_system, key_unit, temporary_body
    ),
    1 AS organisations,
    coalesce(inspections.by_others, FALSE)::INTEGER AS inspected,
    organisations.key_unit AS key_units,
    (organisations.key_unit = 1 AND coalesce(inspections.by_others_of_late, FALSE))::INTEGER AS key_units_inspected,
    coalesce(inspections.by_itself, FALSE)::INTEGER AS self_inspected
FROM organisations
LEFT JOIN inspections
    ON
        organisations.period = inspections.as_of
        AND organisations.organisation_code = inspections.organisation_code
ORDER BY organisations.period, organisations.division_code, organisations.organisation_code, organisations.row;
