-- Last month of a period of any frequency: 2026Q3 → 2026-09.
CREATE OR REPLACE TEMP MACRO last_month(contract_period) AS
    CASE
        WHEN contract_period LIKE '%Q%'
            THEN left(contract_period, 4) || '-' || lpad((right(contract_period, 1)::INTEGER * 3)::VARCHAR, 2, '0')
        WHEN length(contract_period) = 4 THEN contract_period || '-12'
        ELSE contract_period
    END;
