-- Divisions that were merged or split up, the last month at whose end each still stood, and who came after it.
SELECT
    division_code,
    strftime(valid_to::DATE + 1 - INTERVAL 1 MONTH, '%Y-%m') AS last_period,
    successor_code
FROM divisions
WHERE valid_to IS NOT NULL
ORDER BY division_code;
