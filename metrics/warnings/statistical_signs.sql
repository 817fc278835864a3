-- Signs that a reporter's own reading of an indicator is worse than chance explains: beside its peers (funnel with
-- over-dispersion, false discoveries kept at the policy's rate), or beside its own past (control chart, trend adjusted
-- for the many tests, CUSUM). The signs from the past rest on the same values, so together they count as one:
-- `agreeing_signs` is 2 only where peers and past agree. `*_gap` is how much worse (in points of a share, else as a part of
-- what was expected), `sudden_*` what the newest filings alone say (sudden_changes.sql), `*_excess` how many cases that makes. What was not filed comes too: silence is no improvement.
WITH judged AS (
    SELECT
        statistics.*,
        cells.value,
        cells.numerator,
        cells.denominator,
        cells.outcome,
        indicators.title,
        indicators.kind,
        indicators.position,
        sudden.sudden_z,
        sudden.sudden_gap,
        sudden.sudden_excess,
        sudden.sudden_bad,
        sudden.sudden_n,
        sudden.sudden_share,
        coalesce(statistics.is_discovery AND statistics.funnel_judgement = 'worse', FALSE) AS is_beside_peers,
        coalesce(statistics.xmr_judgement = 'worse', FALSE) AS is_beside_past,
        coalesce(statistics.trend_is_discovery AND statistics.trend_judgement = 'worse', FALSE) AS is_worsening,
        coalesce(statistics.cusum_judgement = 'worse', FALSE) AS is_cumulating,
        if(indicators.direction = 'higher_is_better', -1, 1) AS worse,
        if(indicators.kind = 'rate', indicators.per, 1) AS per
    FROM cell_statistics AS statistics
    INNER JOIN cells
        ON
            statistics.indicator = cells.indicator
            AND statistics.scope_code = cells.scope_code
            AND statistics.scope = cells.scope
            AND statistics.period = cells.period
            AND cells.group_kind = 'all'
    INNER JOIN indicators ON statistics.indicator = indicators.indicator
    LEFT JOIN sudden_changes AS sudden
        ON
            statistics.indicator = sudden.indicator
            AND statistics.scope_code = sudden.division_code
            AND statistics.period = sudden.period
    WHERE statistics.scope = 'own' AND cells.outcome IN ('value', 'not_filed')
),

measured AS (
    SELECT
        *,
        worse * (value - expected_value) AS peer_distance,
        worse * (value - xmr_centre) AS past_distance
    FROM judged
    WHERE is_beside_peers OR is_beside_past OR is_worsening OR is_cumulating OR sudden_z >= 2 OR outcome = 'not_filed'
)

SELECT
    period,
    scope_code AS division_code,
    indicator AS subject,
    title AS subject_title,
    NULL::VARCHAR AS contract,
    NULL::VARCHAR AS evidence_period,
    NULL::VARCHAR AS filing_id,
    NULL::VARCHAR AS file_name,
    NULL::VARCHAR AS sheet,
    NULL::BIGINT AS row,
    value,
    outcome,
    -- of a duration the rows, which are what there is to look at
    denominator,
    round(denominator)::BIGINT AS cases_in_all,
    expected_value,
    is_beside_peers::INTEGER AS is_beside_peers,
    is_beside_past::INTEGER AS is_beside_past,
    is_worsening::INTEGER AS is_worsening,
    is_cumulating::INTEGER AS is_cumulating,
    is_beside_peers::INTEGER + (is_beside_past OR is_worsening OR is_cumulating)::INTEGER AS agreeing_signs,
    coalesce(assurance = 'meets', FALSE)::INTEGER AS is_on_target,
    peer_distance / if(kind = 'share', 1, nullif(abs(expected_value), 0)) AS peer_gap,
    past_distance / if(kind = 'share', 1, nullif(abs(xmr_centre), 0)) AS past_gap,
    peer_distance * if(kind = 'duration', NULL, denominator / per) AS peer_excess,
    if(kind = 'duration', denominator, past_distance * denominator / per) AS past_excess,
    sudden_z,
    sudden_gap,
    sudden_excess,
    CASE WHEN kind = 'share' THEN format('{:.1f}%', 100 * value) ELSE format('{:.1f}', value) END AS value_text,
    CASE WHEN kind = 'share' THEN format('{:.1f}%', 100 * expected_value) ELSE format('{:.1f}', expected_value) END
    AS expected_text,
    CASE WHEN kind = 'share' THEN format('{:.1f}%', 100 * xmr_centre) ELSE format('{:.1f}', xmr_centre) END AS past_text,
    concat_ws(
        '；',
        CASE
            WHEN is_beside_peers
                THEN '与同类比：同类平均 ' || expected_text || '，差距超出规模和同类差异所能解释（' || if(p_adjusted < 0.001, '错误发现率不到 0.001', format('错误发现率 {:.3f}', p_adjusted)) || '）'
        END,
        CASE WHEN is_beside_past THEN '与自己比：偏离以往平均 ' || past_text || '，超出自然波动' END,
        CASE WHEN is_worsening THEN '持续变差（趋势，' || if(trend_p_adjusted < 0.001, '错误发现率不到 0.001', format('错误发现率 {:.3f}', trend_p_adjusted)) || '）' END,
        CASE WHEN is_cumulating THEN '小幅变差逐期累积（累积和 ' || format('{:.1f}', cusum) || '）' END,
        CASE
            WHEN sudden_z >= 2
                THEN '最近一期骤然变差：' || sudden_n || ' 项中 ' || sudden_bad || ' 项未达要求，按以往应为 ' || round(sudden_n * sudden_share, 1) || ' 项'
        END
    ) AS signs_text,
    '' AS fault
FROM measured
ORDER BY period, scope_code, position;
