-- Commissions that are live at the month's end or ended in the twelve months up to it, as last reported (Art. 26 and 41
-- ask that the unit be supervised). A stock. Supervision is asked for from the ninetieth day of a live commission.
CREATE OR REPLACE TABLE fact_live_commissions AS
WITH states AS (
    SELECT
        *,
        window_start(month_starts_on, 12) AS twelve_months_start_on,
        ended_on IS NULL OR ended_on > month_ends_on AS is_live,
        is_live AND started_on + 90 <= month_ends_on AS is_supervision_due
    FROM event_states('commissioned_work', commission_code)
)

SELECT
    states.division_code,
    states.as_of AS period,
    NULL::VARCHAR AS event_period,
    'commissioned_work' AS contract,
    states.filing_id,
    states.file_name,
    states.sheet,
    states.row,
    states.commission_code AS subject,
    states.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    states.is_live::INTEGER AS live,
    states.is_supervision_due::INTEGER AS supervision_due,
    (
        states.is_supervision_due
        AND coalesce(states.last_supervised_on BETWEEN states.twelve_months_start_on AND states.month_ends_on, FALSE)
    )::INTEGER AS supervised,
    coalesce(states.problem_count, 0) AS problems,
    at_most(states.problems_closed_count, states.problem_count) AS problems_closed
FROM states
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
WHERE states.started_on <= states.month_ends_on AND (states.is_live OR states.ended_on >= states.twelve_months_start_on)
ORDER BY states.as_of, states.division_code, states.commission_code, states.row;
