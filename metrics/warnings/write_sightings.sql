CREATE OR REPLACE TABLE sightings (
    rule VARCHAR,
    division_code VARCHAR,
    subject VARCHAR,
    period VARCHAR,
    tier VARCHAR,
    calm_periods INTEGER,
    subject_title VARCHAR,
    value DOUBLE,
    cut_off DOUBLE,
    title VARCHAR,
    message VARCHAR,
    measure VARCHAR,
    clock_days INTEGER,
    actor VARCHAR,
    kind VARCHAR,
    article INTEGER,
    indicator VARCHAR
);

INSERT INTO sightings BY NAME
FROM incoming_sightings
ORDER BY period, division_code, rule, subject;
