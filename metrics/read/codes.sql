SELECT column_name, code, title FROM codes WHERE contract = $contract;
