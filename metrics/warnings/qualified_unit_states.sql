-- Qualified units (Art. 26) on the newest register known in a month that are not suspended, with the days until their
-- qualification expires or since it has. The last valid day is still valid. Subject: the unit.
SELECT
    registers.period,
    registers.division_code,
    units.unit_code AS subject,
    units.unit_name AS subject_title,
    registers.contract,
    units.period AS evidence_period,
    units.filing_id,
    units.file_name,
    units.sheet,
    units.row,
    coalesce(businesses.title, units.business) AS business_title,
    units.expires_on,
    CASE WHEN units.expires_on >= registers.ends_on THEN units.expires_on - registers.ends_on END AS days_left,
    CASE WHEN units.expires_on < registers.ends_on THEN registers.ends_on - units.expires_on END AS expired_days,
    coalesce(units.live_commission_count, 0) AS live_commission_count
FROM newest_registers AS registers
INNER JOIN qualified_units AS units ON registers.filing_id = units.filing_id
LEFT JOIN codes AS businesses
    ON
        businesses.contract = 'qualified_units'
        AND businesses.column_name = 'business'
        AND businesses.code = units.business
WHERE registers.contract = 'qualified_units' AND (units.suspended_on IS NULL OR units.suspended_on > registers.ends_on)
ORDER BY registers.period, registers.division_code, units.unit_code, units.row;
