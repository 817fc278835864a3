-- The statistics joined with the newest data, in the order of the cells.
CREATE OR REPLACE TABLE cell_statistics AS
WITH computed AS (
    FROM incoming_statistics
    SELECT * REPLACE (
        indicator::VARCHAR AS indicator, scope_code::VARCHAR AS scope_code, scope::VARCHAR AS scope, period::VARCHAR AS period
    )
),

newest_data AS (FROM newest_data)

SELECT
    computed.indicator,
    computed.scope_code,
    computed.scope,
    computed.period,
    computed.peer_set::VARCHAR AS peer_set,
    computed.expected_value,
    computed.lower_95,
    computed.upper_95,
    computed.lower_998,
    computed.upper_998,
    computed.phi,
    computed.tau2,
    computed.funnel_z,
    computed.funnel_position::VARCHAR AS funnel_position,
    computed.funnel_judgement::VARCHAR AS funnel_judgement,
    computed.p_value,
    computed.p_adjusted,
    computed.p_adjusted <= computed.false_discovery AS is_discovery,
    computed.shrunk_value,
    computed.history_points::INTEGER AS history_points,
    computed.xmr_centre,
    computed.xmr_lower,
    computed.xmr_upper,
    computed.xmr_signal::VARCHAR AS xmr_signal,
    computed.xmr_judgement::VARCHAR AS xmr_judgement,
    computed.assurance::VARCHAR AS assurance,
    computed.trend_slope,
    computed.trend_p,
    computed.trend_judgement::VARCHAR AS trend_judgement,
    computed.trend_p_adjusted,
    computed.trend_p_adjusted <= computed.false_discovery AS trend_is_discovery,
    computed.cusum,
    computed.cusum_judgement::VARCHAR AS cusum_judgement,
    computed.completeness,
    newest_data.newest_filing_on,
    newest_data.data_age_days,
    computed.reliability::VARCHAR AS reliability,
    list_filter(
        [
            if(computed.grade_of_interval > 0, 'interval', NULL),
            if(computed.grade_of_denominator > 0 AND computed.reliability IS NOT NULL, 'denominator', NULL),
            if(computed.grade_of_completeness > 0 AND computed.reliability IS NOT NULL, 'completeness', NULL)
        ],
        lambda reason: reason IS NOT NULL
    ) AS reliability_reasons
FROM computed
LEFT JOIN newest_data
    ON
        computed.indicator = newest_data.indicator
        AND computed.scope_code = newest_data.scope_code
        AND computed.scope = newest_data.scope
        AND computed.period = newest_data.period
ORDER BY computed.place;
DROP TABLE newest_data;
