-- What a filed column means, in one line: title, unit, help.
SELECT
    contract,
    column_name,
    title
    || coalesce('（' || unit || '）', '')
    || coalesce('：' || nullif(help, ''), '') AS note
FROM contract_columns
ORDER BY contract, column_name;
