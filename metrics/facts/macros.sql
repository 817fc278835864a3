-- Words that several facts use. Temporary: they serve the computation and do not stand in the snapshot.

-- Last month of a period of any frequency: 2026Q3 → 2026-09.
CREATE OR REPLACE TEMP MACRO last_month(contract_period) AS
    CASE
        WHEN contract_period LIKE '%Q%'
            THEN left(contract_period, 4) || '-' || lpad((right(contract_period, 1)::INTEGER * 3)::VARCHAR, 2, '0')
        WHEN length(contract_period) = 4 THEN contract_period || '-12'
        ELSE contract_period
    END;

CREATE OR REPLACE TEMP MACRO month_of(day) AS strftime(day, '%Y-%m');

-- First day of a window of so many months that ends with the month starting on a day; null for a stock.
CREATE OR REPLACE TEMP MACRO window_start(starts_on, window_months) AS
    (starts_on - to_months(window_months - 1))::DATE;
