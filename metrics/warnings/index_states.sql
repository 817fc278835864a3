-- Reporters' own composite index with how probable each tier is, this month and the month before, and how far the score
-- rose. Evidence: the five indicators that make most of the score, each in words (no single filed row stands for it).
WITH states AS (
    SELECT
        scores.period,
        scores.scope_code,
        scores.score,
        scores.lower,
        scores.upper,
        scores.tier,
        scores.p_red,
        scores.p_red + scores.p_orange AS p_orange_or_worse,
        least(scores.p_red, lag(scores.p_red) OVER earlier) AS p_red_two_months,
        least(p_orange_or_worse, lag(scores.p_red + scores.p_orange) OVER earlier) AS p_orange_two_months,
        scores.score - lag(scores.score) OVER earlier AS rise,
        (scores.score > lag(scores.upper) OVER earlier)::INTEGER AS is_beyond_interval,
        lag(scores.score) OVER earlier AS score_before,
        months.starts_on - INTERVAL 1 MONTH = lag(months.starts_on) OVER earlier AS follows
    FROM index_scores AS scores
    INNER JOIN months ON scores.period = months.period
    WHERE scores.scope = 'own' AND scores.score IS NOT NULL
    WINDOW earlier AS (PARTITION BY scores.scope_code ORDER BY scores.period)
),

parts AS (
    SELECT
        parts.*,
        indicators.title
    FROM index_parts AS parts
    INNER JOIN indicators ON parts.code = indicators.indicator
    WHERE parts.scope = 'own' AND parts.level = 'indicator' AND parts.contribution > 0
    QUALIFY row_number() OVER (
        PARTITION BY parts.scope_code, parts.period ORDER BY parts.contribution DESC, parts.code
    ) <= 5
)

SELECT
    states.period,
    states.scope_code AS division_code,
    'composite_index' AS subject,
    '综合风险指数' AS subject_title,
    NULL::VARCHAR AS contract,
    NULL::VARCHAR AS evidence_period,
    NULL::VARCHAR AS filing_id,
    NULL::VARCHAR AS file_name,
    NULL::VARCHAR AS sheet,
    NULL::BIGINT AS row,
    states.score,
    states.p_red,
    states.p_orange_or_worse,
    if(states.follows, states.p_red_two_months, NULL) AS p_red_two_months,
    if(states.follows, states.p_orange_two_months, NULL) AS p_orange_two_months,
    if(states.follows, states.rise, NULL) AS rise,
    if(states.follows, states.is_beyond_interval, 0) AS is_beyond_interval,
    format('{:.1f}', states.score) AS score_text,
    format('{:.1f}', states.score_before) AS score_before_text,
    format('{:.1f}–{:.1f}', states.lower, states.upper) AS interval_text,
    format('{:.0f}%', 100 * states.p_red) AS p_red_text,
    format('{:.0f}%', 100 * states.p_orange_or_worse) AS p_orange_text,
    format('{:.1f}', states.rise) AS rise_text,
    parts.title || ' 计 ' || format('{:.1f}', parts.contribution) || ' 分（风险 ' || format('{:.0f}', parts.risk) || '）' AS fault
FROM states
INNER JOIN parts ON states.scope_code = parts.scope_code AND states.period = parts.period
WHERE states.p_orange_or_worse >= 0.25 OR (states.follows AND states.is_beyond_interval = 1)
ORDER BY states.period, states.scope_code, parts.contribution DESC, parts.code;
