-- Divisions that were merged or split up, and the last month at whose end each still stood.
CREATE OR REPLACE TEMP TABLE ended_divisions AS
SELECT
    division_code,
    strftime(valid_to::DATE + 1 - INTERVAL 1 MONTH, '%Y-%m') AS last_period
FROM divisions
WHERE valid_to IS NOT NULL
ORDER BY division_code;

-- The indicators for which such a division filed in that month, where the month is settled (settled_ends.sql).
CREATE OR REPLACE TEMP TABLE settled_ends (indicator VARCHAR, division_code VARCHAR, period VARCHAR);
