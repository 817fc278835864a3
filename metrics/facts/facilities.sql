-- Self-monitoring facilities on the register of record: Art. 22 asks that each run together with its system and be
-- filed with the bureau. A stock, judged by the dates that had passed at the month's end.
CREATE OR REPLACE TABLE fact_facilities AS
WITH months AS (FROM months),

facilities AS (FROM self_monitoring_facilities),

organisations AS (FROM organisations),

states AS (
    SELECT
        months.period AS as_of,
        months.ends_on,
        months.quarter_of_record,
        facilities.*,
        coalesce(facilities.in_use_on <= months.ends_on, FALSE) AS is_in_use,
        coalesce(facilities.filed_on <= months.ends_on, FALSE) AS is_filed,
        coalesce(facilities.system_in_use_on <= months.ends_on, FALSE) AS is_system_in_use
    FROM months
    INNER JOIN facilities ON months.quarter_of_record = facilities.period
)

SELECT
    states.division_code,
    states.as_of AS period,
    NULL::VARCHAR AS event_period,
    'self_monitoring_facilities' AS contract,
    states.filing_id,
    states.file_name,
    states.sheet,
    states.row,
    states.facility_code AS subject,
    states.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    states.is_in_use::INTEGER AS in_use,
    (states.is_in_use AND states.is_filed)::INTEGER AS filed,
    states.is_system_in_use::INTEGER AS system_in_use,
    (states.is_system_in_use AND coalesce(states.in_use_on <= states.system_in_use_on, FALSE))::INTEGER AS synchronous,
    CASE WHEN states.is_in_use AND NOT states.is_filed THEN states.ends_on - states.in_use_on ELSE 0 END AS days_unfiled,
    -- what is not filed yet has waited as long as its system has run: leaving it out would flatter the slowest
    CASE
        WHEN NOT states.is_system_in_use THEN NULL
        WHEN states.is_filed THEN greatest(states.filed_on - states.system_in_use_on, 0)
        ELSE states.ends_on - states.system_in_use_on
    END AS days_to_filing,
    (states.is_in_use AND coalesce(states.uses_new_technology, FALSE))::INTEGER AS new_technology,
    (
        states.is_in_use
        AND coalesce(states.uses_new_technology, FALSE)
        AND coalesce(states.meets_new_technology_rules, FALSE)
    )::INTEGER AS new_technology_compliant
FROM states
LEFT JOIN organisations
    ON
        states.division_code = organisations.division_code
        AND states.organisation_code = organisations.organisation_code
        AND states.quarter_of_record = organisations.period
ORDER BY states.as_of, states.division_code, states.facility_code, states.row;
