INSERT INTO index_parts BY NAME SELECT * FROM incoming_parts;
