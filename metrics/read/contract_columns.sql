SELECT * FROM contract_columns WHERE contract = $contract ORDER BY rowid;
