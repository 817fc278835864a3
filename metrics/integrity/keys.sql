-- The keys of one register, one row each, in the periods that an open one is compared with and in itself.
INSERT INTO integrity_keys
SELECT $contract, division_code, period, COLUMNS(lambda name: name = $key), filing_id, row
FROM query_table($contract)
WHERE period IN (
    SELECT unnest([filings.period, filings.period_before, filings.period_before_that])
    FROM integrity_filings AS filings
    WHERE filings.contract = $contract AND filings.is_open
);
