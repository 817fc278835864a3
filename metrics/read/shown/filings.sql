-- Filings as the reader may see them: how many rows a filing of incidents, tips or alerts holds is a count of them, and
-- hidden like one (see cells.sql).
SELECT
    * REPLACE (
        CASE
            WHEN $exact::VARCHAR[] IS NULL OR list_contains($exact, division_code)
                OR NOT list_contains($guarded_contracts::VARCHAR[], contract) OR row_count NOT BETWEEN 1 AND $least - 1
                THEN row_count
        END AS row_count
    )
FROM filings
