INSERT INTO warnings BY NAME SELECT * FROM incoming_warnings ORDER BY period, division_code, rule, subject;

INSERT INTO warning_evidence BY NAME SELECT * FROM incoming_evidence;

INSERT INTO untold_evidence BY NAME SELECT * FROM incoming_untold;
