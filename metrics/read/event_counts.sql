-- Incidents, tips and alerts of twelve months by reporter. A count from 1 to below $least is null to a reader outside the
-- unit that filed it (Art. 24, 36), unless the reader receives every filing ($exact null). Filed or not is told by the
-- three `…_state` columns, so that a hidden count, none, and silence stay three things.
WITH incidents AS (
    SELECT
        division_code,
        count(*) FILTER (WHERE event_period > $since) AS incidents,
        count(*) FILTER (WHERE event_period > $since AND leak_confirmed = 1) AS confirmed,
        count(*) FILTER (WHERE closed = 0) AS unclosed
    FROM fact_incidents
    WHERE period = $period
    GROUP BY division_code
),

tips AS (
    SELECT
        division_code,
        count(*) AS tips,
        count(*) FILTER (WHERE substantiated = 1) AS substantiated
    FROM fact_tips
    WHERE period = $period AND event_period > $since
    GROUP BY division_code
),

alerts AS (
    SELECT division_code, count(*) AS alerts
    FROM fact_alert_checks
    WHERE period = $period AND event_period > $since
    GROUP BY division_code
),

due AS (
    SELECT
        division_code,
        max(state) FILTER (WHERE contract = 'incidents') AS incidents_state,
        max(state) FILTER (WHERE contract = 'tips') AS tips_state,
        max(state) FILTER (WHERE contract = 'alert_checks') AS alerts_state
    FROM expected_filings
    WHERE contract IN ('incidents', 'tips', 'alert_checks') AND month = $period
    GROUP BY division_code
),

counted AS (
    SELECT
        due.division_code,
        coalesce(incidents, 0) AS incidents, coalesce(confirmed, 0) AS confirmed, coalesce(unclosed, 0) AS unclosed,
        coalesce(tips, 0) AS tips, coalesce(substantiated, 0) AS substantiated, coalesce(alerts, 0) AS alerts
    FROM due
    LEFT JOIN incidents USING (division_code)
    LEFT JOIN tips USING (division_code)
    LEFT JOIN alerts USING (division_code)
),

shown AS (
    SELECT
        division_code,
        CASE
            WHEN COLUMNS(* EXCLUDE (division_code)) BETWEEN 1 AND $least - 1
                 AND NOT ($exact::VARCHAR[] IS NULL OR list_contains($exact, division_code)) THEN NULL
            ELSE COLUMNS(* EXCLUDE (division_code))
        END
    FROM counted
)

SELECT shown.*, divisions.kind, divisions.parent_code, due.incidents_state, due.tips_state, due.alerts_state
FROM shown
INNER JOIN due USING (division_code)
LEFT JOIN divisions ON divisions.division_code = shown.division_code AND divisions.valid_to IS NULL
WHERE ($within::VARCHAR IS NULL
       OR shown.division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
  AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, shown.division_code))
ORDER BY shown.division_code;
