-- Qualified units on the register of record at one month, with the state of the qualification, the last check and what
-- of its findings is still open. `unit_state`: suspended, expired_with_commissions, expired, expiring (90 days), valid.
WITH checks AS (
    SELECT unit_code, checked_on, finding_count, rectification_due_on, rectified_on
    FROM qualified_unit_checks
    WHERE period <= $period
    QUALIFY row_number() OVER (PARTITION BY check_code ORDER BY period DESC, row DESC) = 1
),

by_unit AS (
    SELECT
        unit_code,
        count(*) AS checks,
        max(checked_on) AS checked_on,
        coalesce(sum(finding_count) FILTER (WHERE rectified_on IS NULL), 0)::BIGINT AS open_findings,
        min(rectification_due_on) FILTER (WHERE rectified_on IS NULL AND finding_count > 0) AS due_on
    FROM checks
    WHERE checked_on <= $day
    GROUP BY unit_code
)

SELECT
    facts.division_code, divisions.short_name, divisions.kind, divisions.parent_code,
    units.unit_code, units.unit_name, units.business, units.grade, business.title AS business_title,
    grades.title AS grade_title, units.expires_on, units.suspended_on, facts.live_commissions,
    CASE
        WHEN facts.suspended = 1 THEN 'suspended'
        WHEN facts.expired = 1 AND facts.live_commissions > 0 THEN 'expired_with_commissions'
        WHEN facts.expired = 1 THEN 'expired'
        WHEN facts.days_to_expiry <= 90 THEN 'expiring'
        ELSE 'valid'
    END AS unit_state,
    facts.days_expired, facts.days_to_expiry,
    coalesce(by_unit.checks, 0) AS checks, by_unit.checked_on, coalesce(by_unit.open_findings, 0) AS open_findings,
    by_unit.due_on, facts.contract, facts.filing_id, facts.sheet, facts.row
FROM fact_qualified_units AS facts
INNER JOIN qualified_units AS units
    ON units.filing_id = facts.filing_id AND units.sheet = facts.sheet AND units.row = facts.row
LEFT JOIN divisions ON divisions.division_code = facts.division_code AND divisions.valid_to IS NULL
LEFT JOIN by_unit ON by_unit.unit_code = units.unit_code
LEFT JOIN codes AS business
    ON business.contract = 'qualified_units' AND business.column_name = 'business' AND business.code = units.business
LEFT JOIN codes AS grades
    ON grades.contract = 'qualified_units' AND grades.column_name = 'grade' AND grades.code = units.grade
WHERE facts.period = $period
  AND ($within::VARCHAR IS NULL
       OR facts.division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, facts.division_code))
ORDER BY
    list_position(['expired_with_commissions', 'expired', 'suspended', 'expiring', 'valid'], unit_state),
    units.expires_on, units.unit_code;
