-- The filing that counts for a reporter, contract and period: of those accepted and not withdrawn, the one received last.
CREATE TABLE counting_filings AS
SELECT filing_id, contract, division_code, period
FROM filings
WHERE status IN ('accepted', 'accepted_with_queries') AND withdrawn_at IS NULL
QUALIFY row_number() OVER (PARTITION BY contract, division_code, period ORDER BY received_at DESC, filing_id DESC) = 1
ORDER BY contract, period, division_code;
