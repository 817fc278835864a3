CREATE OR REPLACE TABLE index_scores (
    scope_code VARCHAR,
    scope VARCHAR,
    period VARCHAR,
    score DOUBLE,
    lower DOUBLE,
    upper DOUBLE,
    lift DOUBLE,
    rank INTEGER,
    rank_lower INTEGER,
    rank_upper INTEGER,
    tier VARCHAR,
    tier_probability DOUBLE,
    p_red DOUBLE,
    p_orange DOUBLE,
    p_yellow DOUBLE,
    p_blue DOUBLE,
    p_normal DOUBLE,
    p_at_least DOUBLE,
    likeliest_tier VARCHAR,
    data_share DOUBLE
);

CREATE OR REPLACE TABLE index_parts (
    scope_code VARCHAR,
    scope VARCHAR,
    period VARCHAR,
    level VARCHAR,
    code VARCHAR,
    parent VARCHAR,
    weight DOUBLE,
    risk DOUBLE,
    contribution DOUBLE
);

CREATE OR REPLACE TABLE policies (
    policy VARCHAR,
    valid_from DATE,
    source VARCHAR,
    reason VARCHAR,
    body VARCHAR
);

CREATE OR REPLACE TABLE index_changes (
    scope_code VARCHAR,
    scope VARCHAR,
    period VARCHAR,
    from_period VARCHAR,
    level VARCHAR,
    code VARCHAR,
    parent VARCHAR,
    value_part DOUBLE,
    coverage_part DOUBLE,
    policy_part DOUBLE,
    change DOUBLE
);
