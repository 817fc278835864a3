-- Posts to train and posts trained by quarter (Art. 9), counted in the quarter's last month.
-- More trained than asked for is full marks, not credit that hides another organisation's gap.
CREATE OR REPLACE TABLE fact_training AS
WITH months AS (FROM months),

training AS (
    SELECT
        *,
        last_month(period) AS quarter_ends_in
    FROM training
),

organisations AS (FROM organisations)

SELECT
    training.division_code,
    months.period,
    training.quarter_ends_in AS event_period,
    'training' AS contract,
    training.filing_id,
    training.file_name,
    training.sheet,
    training.row,
    training.organisation_code AS subject,
    training.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    coalesce(training.posts_to_train_count, 0) AS posts_to_train,
    coalesce(least(training.posts_trained_count, training.posts_to_train_count), 0) AS posts_trained,
    coalesce(training.posts_assessed_count, 0) AS posts_assessed,
    coalesce(training.session_count, 0) AS sessions,
    coalesce(training.april_activity_count, 0) AS april_activities
FROM months
INNER JOIN training
    ON training.quarter_ends_in BETWEEN month_of(window_start(months.starts_on, $window_months)) AND months.period
LEFT JOIN organisations
    ON
        training.division_code = organisations.division_code
        AND training.organisation_code = organisations.organisation_code
        AND months.quarter_of_record = organisations.period
ORDER BY months.period, training.division_code, training.quarter_ends_in, training.organisation_code, training.row;
