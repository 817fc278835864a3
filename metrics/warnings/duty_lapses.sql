-- What organisations left undone of their duties, on the newest filing known at a month's end: one row for each filed row
-- with a lapse, how many cases it holds (`lapse_count`) and how long the oldest has waited (`lapse_days`). Beside it what
-- its reporter has of that lapse in all. Subject: the contract; one warning of a rule says all of a reporter's lapses.
WITH newest AS (FROM newest_registers),

open_tips AS (
    SELECT
        facts.period,
        months.ends_on,
        tips.*,
        months.ends_on - tips.received_on AS waiting
    FROM fact_tips AS facts
    INNER JOIN months ON facts.period = months.period
    INNER JOIN tips ON facts.filing_id = tips.filing_id AND facts.row = tips.row
    WHERE tips.outcome = 'pending' AND tips.decided_on IS NULL
),

open_alerts AS (
    SELECT
        facts.period,
        months.ends_on,
        alert_checks.*,
        months.ends_on - alert_checks.alert_received_at::DATE AS waiting
    FROM fact_alert_checks AS facts
    INNER JOIN months ON facts.period = months.period
    INNER JOIN alert_checks ON facts.filing_id = alert_checks.filing_id AND facts.row = alert_checks.row
    WHERE alert_checks.disposed_on IS NULL AND alert_checks.result IS DISTINCT FROM 'false_alarm'
),

personnel AS (
    SELECT
        newest.period AS as_of,
        filed.*
    FROM newest
    INNER JOIN personnel_duties AS filed ON newest.filing_id = filed.filing_id
    WHERE newest.contract = 'personnel_duties'
),

lapses AS (
    SELECT
        period, division_code, 'tips_undecided' AS lapse, 'tips' AS contract, filing_id, row, tip_code AS who,
        1 AS lapse_count, waiting AS lapse_days, '受理后未作出处理决定' AS what
    FROM open_tips
    WHERE accepted_on IS NOT NULL AND waiting > 60
    UNION ALL BY NAME
    SELECT
        period, division_code, 'tips_unanswered' AS lapse, 'tips' AS contract, filing_id, row, tip_code AS who,
        1 AS lapse_count, waiting AS lapse_days, '收到后未答复是否受理' AS what
    FROM open_tips
    WHERE accepted_on IS NULL AND waiting > 7
    UNION ALL BY NAME
    SELECT
        period, division_code, 'alerts_undisposed' AS lapse, 'alert_checks' AS contract, filing_id, row,
        alert_code AS who, 1 AS lapse_count, waiting AS lapse_days, '监测预警未处置完毕' AS what
    FROM open_alerts
    WHERE waiting > 15
    UNION ALL BY NAME
    SELECT
        facts.period, facts.division_code, 'commissions_untold' AS lapse, facts.contract, facts.filing_id, facts.row,
        facts.organisation_code AS who, 1 AS lapse_count, facts.days_untold AS lapse_days, '委托未告知保密行政管理部门' AS what
    FROM fact_commissioned_work AS facts
    WHERE facts.days_untold > 30
    UNION ALL BY NAME
    SELECT
        as_of AS period, division_code, 're_reviews_lacking' AS lapse, 'personnel_duties' AS contract, filing_id, row,
        organisation_code AS who, re_review_due_count - re_review_done_count AS lapse_count, '到期未复审' AS what
    FROM personnel
    WHERE re_review_due_count > re_review_done_count
    UNION ALL BY NAME
    SELECT
        as_of AS period, division_code, 'appointed_unreviewed' AS lapse, 'personnel_duties' AS contract, filing_id, row,
        organisation_code AS who, appointed_count - appointed_reviewed_count AS lapse_count, '未经审查上岗' AS what
    FROM personnel
    WHERE appointed_count > appointed_reviewed_count
    UNION ALL BY NAME
    SELECT
        as_of AS period, division_code, 'release_violations' AS lapse, 'personnel_duties' AS contract, filing_id, row,
        organisation_code AS who, release_violation_count AS lapse_count, '脱密期管理违规' AS what
    FROM personnel
    WHERE release_violation_count > 0
    UNION ALL BY NAME
    SELECT
        newest.period, filed.division_code, 'found_after_publication' AS lapse, newest.contract, filed.filing_id, filed.row,
        filed.organisation_code AS who, filed.found_after_count AS lapse_count, '公开后发现不宜公开' AS what
    FROM newest
    INNER JOIN disclosure_reviews AS filed ON newest.filing_id = filed.filing_id
    WHERE newest.contract = 'disclosure_reviews' AND filed.found_after_count > 0
    UNION ALL BY NAME
    SELECT
        newest.period, filed.division_code, 'border_system_missing' AS lapse, newest.contract, filed.filing_id, filed.row,
        filed.area_code AS who, 1 AS lapse_count, '边境地区未建立保密防控体系' AS what
    FROM newest
    INNER JOIN capacity AS filed ON newest.filing_id = filed.filing_id
    WHERE newest.contract = 'capacity' AND filed.is_border AND NOT coalesce(filed.has_border_system, FALSE)
    UNION ALL BY NAME
    SELECT
        newest.period, filed.division_code, 'budget_line_missing' AS lapse, newest.contract, filed.filing_id, filed.row,
        filed.area_code AS who, 1 AS lapse_count, '保密工作经费未列入预算' AS what
    FROM newest
    INNER JOIN capacity AS filed ON newest.filing_id = filed.filing_id
    WHERE newest.contract = 'capacity' AND NOT filed.has_budget_line
    UNION ALL BY NAME
    SELECT
        newest.period, filed.division_code, 'townships_unnamed' AS lapse, newest.contract, filed.filing_id, filed.row,
        filed.area_code AS who, filed.townships_count - filed.townships_named_count AS lapse_count,
        '乡镇未明确专人负责' AS what
    FROM newest
    INNER JOIN capacity AS filed ON newest.filing_id = filed.filing_id
    WHERE newest.contract = 'capacity' AND filed.townships_count > filed.townships_named_count
    UNION ALL BY NAME
    SELECT
        newest.period, filed.division_code, 'procurement_undetermined' AS lapse, newest.contract, filed.filing_id,
        filed.row, filed.organisation_code AS who, 1 AS lapse_count, '未先定密即签约' AS what
    FROM newest
    INNER JOIN secret_procurement AS filed ON newest.filing_id = filed.filing_id
    WHERE
        newest.contract = 'secret_procurement'
        AND filed.contract_on <= newest.ends_on
        AND (filed.determined_secret_on IS NULL OR filed.determined_secret_on > filed.contract_on)
    UNION ALL BY NAME
    SELECT
        newest.period, filed.division_code, 'outsourcing_unchecked' AS lapse, newest.contract, filed.filing_id,
        filed.row, filed.organisation_code AS who, 1 AS lapse_count, '未核验承接单位资质' AS what
    FROM newest
    INNER JOIN outsourced_operations AS filed ON newest.filing_id = filed.filing_id
    WHERE newest.contract = 'outsourced_operations' AND filed.state = 'active' AND NOT filed.has_checked_qualification
    UNION ALL BY NAME
    SELECT
        newest.period, filed.division_code, 'risks_past_due' AS lapse, newest.contract, filed.filing_id, filed.row,
        filed.organisation_code AS who, filed.risk_past_due_count AS lapse_count, '风险隐患逾期未处置' AS what
    FROM newest
    INNER JOIN risk_assessments AS filed ON newest.filing_id = filed.filing_id
    WHERE newest.contract = 'risk_assessments' AND filed.risk_past_due_count > 0
    UNION ALL BY NAME
    SELECT
        newest.period, filed.division_code, 'violations_unhandled' AS lapse, newest.contract, filed.filing_id, filed.row,
        filed.organisation_code AS who, filed.violation_count - filed.violations_handled_count AS lapse_count,
        '会议活动违规未处理' AS what
    FROM newest
    INNER JOIN meetings AS filed ON newest.filing_id = filed.filing_id
    WHERE newest.contract = 'meetings' AND filed.violation_count > filed.violations_handled_count
    UNION ALL BY NAME
    SELECT
        newest.period, filed.division_code, 'destroyed_unlogged' AS lapse, newest.contract, filed.filing_id, filed.row,
        filed.organisation_code AS who, filed.self_destroyed_count - filed.self_logged_count AS lapse_count,
        '自行销毁无登记' AS what
    FROM newest
    INNER JOIN carrier_disposal AS filed ON newest.filing_id = filed.filing_id
    WHERE newest.contract = 'carrier_disposal' AND filed.self_destroyed_count > filed.self_logged_count
    UNION ALL BY NAME
    SELECT
        newest.period, filed.division_code, 'unit_checks_unrectified' AS lapse, newest.contract, filed.filing_id, filed.row,
        filed.unit_code AS who, 1 AS lapse_count, newest.ends_on - filed.rectification_due_on AS lapse_days,
        '检查发现逾期未整改' AS what
    FROM newest
    INNER JOIN qualified_unit_checks AS filed ON newest.filing_id = filed.filing_id
    WHERE
        newest.contract = 'qualified_unit_checks'
        AND filed.rectification_due_on < newest.ends_on
        AND (filed.rectified_on IS NULL OR filed.rectified_on > newest.ends_on)
)

SELECT
    lapses.period,
    lapses.division_code,
    lapses.contract AS subject,
    contracts.title AS subject_title,
    lapses.contract,
    filings.period AS evidence_period,
    lapses.filing_id,
    filings.file_name,
    filings.sheet,
    lapses.row,
    lapses.lapse_count,
    lapses.lapse_days,
    sum(lapses.lapse_count) OVER reporter AS lapse_total,
    count(DISTINCT lapses.who) OVER reporter AS lapse_places,
    max(lapses.lapse_days) OVER reporter AS longest_days,
    coalesce(names.organisation_name, places.name, lapses.who) || '：' || lapses.what
    || if(lapses.lapse_count > 1, ' ' || lapses.lapse_count || ' 项', '')
    || coalesce('，已 ' || lapses.lapse_days || ' 天', '') AS fault,
    (lapses.lapse = 'tips_undecided')::INTEGER AS is_tips_undecided,
    (lapses.lapse = 'tips_unanswered')::INTEGER AS is_tips_unanswered,
    (lapses.lapse = 'alerts_undisposed')::INTEGER AS is_alerts_undisposed,
    (lapses.lapse = 'commissions_untold')::INTEGER AS is_commissions_untold,
    (lapses.lapse = 're_reviews_lacking')::INTEGER AS is_re_reviews_lacking,
    (lapses.lapse = 'appointed_unreviewed')::INTEGER AS is_appointed_unreviewed,
    (lapses.lapse = 'release_violations')::INTEGER AS is_release_violations,
    (lapses.lapse = 'found_after_publication')::INTEGER AS is_found_after_publication,
    (lapses.lapse = 'border_system_missing')::INTEGER AS is_border_system_missing,
    (lapses.lapse = 'budget_line_missing')::INTEGER AS is_budget_line_missing,
    (lapses.lapse = 'townships_unnamed')::INTEGER AS is_townships_unnamed,
    (lapses.lapse = 'procurement_undetermined')::INTEGER AS is_procurement_undetermined,
    (lapses.lapse = 'outsourcing_unchecked')::INTEGER AS is_outsourcing_unchecked,
    (lapses.lapse = 'risks_past_due')::INTEGER AS is_risks_past_due,
    (lapses.lapse = 'violations_unhandled')::INTEGER AS is_violations_unhandled,
    (lapses.lapse = 'destroyed_unlogged')::INTEGER AS is_destroyed_unlogged,
    (lapses.lapse = 'unit_checks_unrectified')::INTEGER AS is_unit_checks_unrectified
FROM lapses
INNER JOIN contracts ON lapses.contract = contracts.contract
LEFT JOIN filings ON lapses.filing_id = filings.filing_id
LEFT JOIN organisation_names AS names ON lapses.period = names.period AND lapses.who = names.organisation_code
LEFT JOIN divisions AS places ON lapses.who = places.division_code AND places.valid_to IS NULL
WINDOW reporter AS (PARTITION BY lapses.period, lapses.division_code, lapses.lapse)
ORDER BY lapses.period, lapses.division_code, lapses.lapse, lapses.lapse_count DESC, lapses.who, lapses.row;
