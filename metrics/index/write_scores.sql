INSERT INTO index_scores BY NAME SELECT * FROM incoming_scores;
