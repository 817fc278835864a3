CREATE OR REPLACE TEMP TABLE contributions (
    position INTEGER,
    division_code VARCHAR,
    period VARCHAR,
    sector VARCHAR,
    level VARCHAR,
    numerator DOUBLE,
    denominator DOUBLE,
    days DOUBLE []
);
