-- What was corrected on the rows of the filings that count, in words: a number may rest on a value that nobody filed.
SELECT
    corrections.filing_id,
    corrections.row,
    string_agg(
        contract_columns.title || ' ' || coalesce(corrections.old_value, '（空）') || ' → '
        || coalesce(corrections.new_value, '（空）') || '（' || corrections.correction_id || '，' || corrections.reason || '）',
        '；' ORDER BY corrections.correction_id
    ) AS correction
FROM corrections
LEFT JOIN contract_columns
    ON contract_columns.contract = corrections.contract AND contract_columns.column_name = corrections.column_name
WHERE corrections.state = 'applied'
GROUP BY ALL;
