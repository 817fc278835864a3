INSERT INTO index_scores BY NAME SELECT * FROM incoming_scores;

INSERT INTO index_parts BY NAME SELECT * FROM incoming_parts;

INSERT INTO policies BY NAME SELECT * FROM incoming_policies;
