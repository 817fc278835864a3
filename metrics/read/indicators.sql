SELECT * FROM indicators ORDER BY rowid;
