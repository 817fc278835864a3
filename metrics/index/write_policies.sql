INSERT INTO policies BY NAME SELECT * FROM incoming_policies;
