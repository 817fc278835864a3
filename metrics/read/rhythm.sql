SELECT * FROM indicator_rhythms WHERE indicator = $indicator;
