-- Each finding that somebody was ordered to mend, with the day of every step of Art. 41 that it has reached by a month's
-- end and the step it stands at. A leak outweighs what was mended: what is mended is no longer overdue, but a sanction is
-- still to be proposed, until the matter is referred. When a leak was confirmed is not filed; it counts from the end of
-- the period whose filing first says so.
CREATE OR REPLACE TABLE measures AS
WITH leaks AS (
    SELECT
        findings.division_code,
        findings.finding_code,
        last_day((min(findings.period) || '-01')::DATE) AS leak_known_on
    FROM findings
    WHERE findings.is_leak_confirmed
    GROUP BY ALL
),

states AS (
    SELECT
        filed.*,
        policy.grace_days,
        policy.refer_days,
        filed.rectified_on IS NULL OR filed.rectified_on > filed.month_ends_on AS is_open,
        coalesce(filed.is_leak_confirmed, FALSE) AS has_leaked,
        CASE WHEN is_open OR filed.rectified_on > filed.due_on THEN filed.due_on + 1 END AS late_from,
        CASE WHEN has_leaked THEN coalesce(leaks.leak_known_on, filed.month_ends_on) END AS sanction_from
    FROM event_states('findings', finding_code) AS filed
    INNER JOIN measure_policy AS policy ON filed.as_of = policy.period
    LEFT JOIN leaks ON filed.division_code = leaks.division_code AND filed.finding_code = leaks.finding_code
    WHERE filed.ordered_on <= filed.month_ends_on
),

dated AS (
    SELECT
        *,
        CASE WHEN late_from <= month_ends_on THEN late_from END AS overdue_since,
        CASE
            WHEN is_open AND due_on + grace_days::INTEGER < month_ends_on THEN due_on + grace_days::INTEGER + 1
        END AS criticism_from,
        CASE WHEN criticised_on <= month_ends_on THEN criticised_on END AS criticised,
        CASE WHEN referred_on <= month_ends_on THEN referred_on END AS referred,
        CASE WHEN NOT is_open THEN rectified_on END AS rectified,
        CASE WHEN NOT is_open AND verified_on <= month_ends_on THEN verified_on END AS verified
    FROM states
),

placed AS (
    SELECT
        *,
        CASE
            WHEN has_leaked AND referred IS NULL THEN 'sanction_proposed'
            WHEN has_leaked THEN 'referred'
            WHEN verified IS NOT NULL THEN 'verified'
            WHEN rectified IS NOT NULL THEN 'rectified'
            WHEN criticised IS NOT NULL THEN 'criticised'
            WHEN criticism_from IS NOT NULL THEN 'criticism_proposed'
            WHEN overdue_since IS NOT NULL THEN 'overdue'
            ELSE 'ordered'
        END AS measure
    FROM dated
),

timed AS (
    SELECT
        *,
        CASE measure
            WHEN 'sanction_proposed' THEN sanction_from
            WHEN 'referred' THEN referred
            WHEN 'verified' THEN verified
            WHEN 'rectified' THEN rectified
            WHEN 'criticised' THEN criticised
            WHEN 'criticism_proposed' THEN criticism_from
            WHEN 'overdue' THEN overdue_since
            ELSE ordered_on
        END AS since_on,
        -- by when the next step is due: to mend, then to criticise, to refer; what is mended waits for nobody
        CASE
            WHEN measure = 'sanction_proposed' THEN sanction_from + refer_days::INTEGER
            WHEN measure IN ('ordered', 'overdue', 'criticised') THEN due_on
            WHEN measure = 'criticism_proposed' THEN criticism_from
        END AS act_by
    FROM placed
)

SELECT
    as_of AS period,
    division_code,
    organisation_code,
    finding_code,
    measure,
    since_on,
    act_by,
    coalesce(act_by < month_ends_on, FALSE) AS is_overdue,
    CASE WHEN act_by < month_ends_on THEN month_ends_on - act_by ELSE 0 END AS days_overdue,
    is_open,
    has_leaked AS is_leak_confirmed,
    ordered_on,
    due_on,
    overdue_since,
    criticism_from AS criticism_proposed_on,
    criticised AS criticised_on,
    sanction_from AS sanction_proposed_on,
    referred AS referred_on,
    rectified AS rectified_on,
    verified AS verified_on,
    'findings' AS contract,
    filing_id,
    file_name,
    sheet,
    row
FROM timed
WHERE is_open OR rectified_on >= window_start(month_starts_on, 12)
ORDER BY period, division_code, organisation_code, finding_code;
