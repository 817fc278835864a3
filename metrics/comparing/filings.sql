-- Filings that count differently in two snapshots (attached as `a` and `b`), up to a month, by what happened: `new`, `replaced`, `withdrawn`, `corrected`.
WITH due_in_a AS (
    SELECT contract, division_code, period, month, filing_id FROM a.expected_filings WHERE month <= $period
),

due_in_b AS (
    SELECT contract, division_code, period, month, filing_id FROM b.expected_filings WHERE month <= $period
),

corrected_in_a AS (
    SELECT contract, division_code, period, key, column_name, new_value FROM a.corrections WHERE state = 'applied'
),

corrected_in_b AS (
    SELECT contract, division_code, period, key, column_name, new_value FROM b.corrections WHERE state = 'applied'
),

corrected AS (
    (FROM corrected_in_a EXCEPT FROM corrected_in_b)
    UNION
    (FROM corrected_in_b EXCEPT FROM corrected_in_a)
),

changes AS (
    SELECT
        contract,
        division_code,
        period,
        CASE
            WHEN due_in_a.filing_id IS NULL THEN 'new'
            WHEN due_in_b.filing_id IS NULL THEN 'withdrawn'
            ELSE 'replaced'
        END AS change,
        due_in_a.filing_id AS filing_before,
        due_in_b.filing_id AS filing_after
    FROM due_in_a
    FULL JOIN due_in_b USING (contract, division_code, period)
    WHERE due_in_a.filing_id IS DISTINCT FROM due_in_b.filing_id
    UNION ALL
    SELECT DISTINCT
        contract,
        division_code,
        period,
        'corrected' AS change,
        NULL AS filing_before,
        NULL AS filing_after
    FROM corrected
)

FROM changes
ORDER BY contract, division_code, period, change;
