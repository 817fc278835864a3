INSERT INTO index_changes BY NAME SELECT * FROM incoming_changes;
