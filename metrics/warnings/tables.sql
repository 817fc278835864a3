CREATE OR REPLACE TABLE warnings (
    warning_id VARCHAR,
    rule VARCHAR,
    kind VARCHAR,
    tier VARCHAR,
    previous_tier VARCHAR,
    division_code VARCHAR,
    subject VARCHAR,
    subject_title VARCHAR,
    period VARCHAR,
    first_period VARCHAR,
    first_seen_on DATE,
    value DOUBLE,
    cut_off DOUBLE,
    title VARCHAR,
    message VARCHAR,
    article INTEGER,
    measure VARCHAR,
    respond_by DATE,
    actor VARCHAR,
    status VARCHAR,
    indicator VARCHAR,
    is_cleared BOOLEAN
);

CREATE OR REPLACE TABLE warning_evidence (
    warning_id VARCHAR,
    period VARCHAR,
    contract VARCHAR,
    division_code VARCHAR,
    evidence_period VARCHAR,
    filing_id VARCHAR,
    file_name VARCHAR,
    sheet VARCHAR,
    row BIGINT,
    detail VARCHAR
);

-- As warning_evidence: of warnings that another speaks for.
CREATE OR REPLACE TABLE untold_evidence AS FROM warning_evidence LIMIT 0;
