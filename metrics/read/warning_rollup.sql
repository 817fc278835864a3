-- Warnings that stand at one month, those of counties rolled up to their prefecture: one line per rule with the count, to
-- be opened by its `warning_ids`. What a prefecture, a 兵团 division or the region has of its own stays a line by itself.
WITH placed AS (
    SELECT
        warnings.*,
        divisions.kind IS NOT DISTINCT FROM 'county' AND divisions.parent_code IS NOT NULL AS is_rolled_up,
        CASE WHEN is_rolled_up THEN divisions.parent_code ELSE warnings.division_code END AS place_code,
        list_position(['red', 'orange', 'yellow', 'blue'], warnings.tier) AS tier_place
    FROM warnings
    LEFT JOIN divisions ON divisions.division_code = warnings.division_code AND divisions.valid_to IS NULL
    WHERE warnings.period = $period
      AND ($within::VARCHAR IS NULL
           OR warnings.division_code IN (SELECT member_code FROM scopes WHERE scope_code = $within AND scope = 'area'))
      AND ($divisions::VARCHAR[] IS NULL OR list_contains($divisions, warnings.division_code))
),

rolled_up AS (
    SELECT
        place_code, rule, kind, is_rolled_up,
        CASE WHEN is_rolled_up THEN '' ELSE warning_id END AS line,
        arg_min(tier, tier_place) AS tier,
        min(tier_place) AS tier_place,
        count(*) AS warnings,
        count(DISTINCT division_code) AS divisions,
        count(*) FILTER (WHERE tier = 'red') AS red,
        count(*) FILTER (WHERE tier = 'orange') AS orange,
        count(*) FILTER (WHERE tier = 'yellow') AS yellow,
        count(*) FILTER (WHERE tier = 'blue') AS blue,
        count(*) FILTER (WHERE status = 'new') AS new,
        count(*) FILTER (WHERE is_cleared) AS cleared,
        bool_and(is_cleared) AS is_cleared,
        min(respond_by) FILTER (WHERE NOT is_cleared) AS respond_by,
        arg_min(title, (tier_place, is_cleared, respond_by, warning_id)) AS title,
        any_value(article) AS article,
        list(warning_id ORDER BY tier_place, is_cleared, respond_by, warning_id) AS warning_ids
    FROM placed
    GROUP BY ALL
)

SELECT
    rolled_up.* EXCLUDE (line, tier_place),
    places.name AS place_name, places.short_name, places.kind AS place_kind
FROM rolled_up
LEFT JOIN divisions AS places ON places.division_code = rolled_up.place_code AND places.valid_to IS NULL
ORDER BY
    tier_place, rolled_up.is_cleared, rolled_up.warnings DESC, rolled_up.respond_by NULLS LAST, rolled_up.place_code, rule,
    warning_ids;
