-- Contracts on the maintenance of secret systems that run at the month's end, as last reported (Art. 20). A stock: the
-- duties last as long as the contract, whenever it began. A contract no longer runs on the day it ended.
CREATE OR REPLACE TABLE fact_outsourced_operations AS
WITH states AS (FROM event_states('outsourced_operations', contract_code))

SELECT
    states.division_code,
    states.as_of AS period,
    NULL::VARCHAR AS event_period,
    'outsourced_operations' AS contract,
    states.filing_id,
    states.file_name,
    states.sheet,
    states.row,
    states.contract_code AS subject,
    states.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    1 AS running,
    coalesce(states.has_checked_qualification, FALSE)::INTEGER AS qualification_checked,
    coalesce(states.has_bounded_scope, FALSE)::INTEGER AS scope_bounded,
    coalesce(states.agreement_signed_on <= states.month_ends_on, FALSE)::INTEGER AS agreement_signed,
    coalesce(states.staff_count, 0) AS staff,
    at_most(states.staff_signed_count, states.staff_count) AS staff_signed,
    coalesce(states.has_measures, FALSE)::INTEGER AS has_measures,
    coalesce(states.told_bureau_on <= states.month_ends_on, FALSE)::INTEGER AS told
FROM states
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
WHERE states.started_on <= states.month_ends_on AND NOT coalesce(states.ended_on <= states.month_ends_on, FALSE)
ORDER BY states.as_of, states.division_code, states.contract_code, states.row;
