SELECT * FROM contracts ORDER BY rowid;
