-- Self-monitoring facilities in use and not filed with the bureau (Art. 22) by a month's end, on the newest register
-- known then. Subject: the organisation.
SELECT
    registers.period,
    registers.division_code,
    facilities.organisation_code AS subject,
    coalesce(names.organisation_name, facilities.organisation_code) AS subject_title,
    registers.contract,
    facilities.period AS evidence_period,
    facilities.filing_id,
    facilities.file_name,
    facilities.sheet,
    facilities.row,
    facilities.facility_code,
    coalesce(modes.title, facilities.mode) AS mode_title,
    facilities.in_use_on,
    registers.ends_on - facilities.in_use_on AS unfiled_days
FROM newest_registers AS registers
INNER JOIN self_monitoring_facilities AS facilities ON registers.filing_id = facilities.filing_id
LEFT JOIN organisation_names AS names
    ON registers.period = names.period AND facilities.organisation_code = names.organisation_code
LEFT JOIN codes AS modes
    ON
        modes.contract = 'self_monitoring_facilities'
        AND modes.column_name = 'mode'
        AND modes.code = facilities.mode
WHERE
    registers.contract = 'self_monitoring_facilities'
    AND facilities.in_use_on <= registers.ends_on
    AND (facilities.filed_on IS NULL OR facilities.filed_on > registers.ends_on)
ORDER BY registers.period, registers.division_code, facilities.organisation_code, facilities.facility_code;
