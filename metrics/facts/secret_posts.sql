-- Secret posts at the end of the quarter of record (Art. 30, 33). A stock. Where there are such posts, rights are to be
-- protected.
CREATE OR REPLACE TABLE fact_secret_posts AS
WITH posts AS (FROM rows_of_record('personnel_duties'))

SELECT
    posts.division_code,
    posts.as_of AS period,
    NULL::VARCHAR AS event_period,
    'personnel_duties' AS contract,
    posts.filing_id,
    posts.file_name,
    posts.sheet,
    posts.row,
    posts.organisation_code AS subject,
    posts.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    coalesce(posts.secret_posts_count, 0) AS posts,
    at_most(posts.posts_filled_count, posts.secret_posts_count) AS posts_filled,
    coalesce(posts.secret_posts_count > 0, FALSE)::INTEGER AS holds_posts,
    coalesce(posts.secret_posts_count > 0 AND posts.has_rights_protection, FALSE)::INTEGER AS rights_protected
FROM posts
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
ORDER BY posts.as_of, posts.division_code, posts.organisation_code, posts.row;
