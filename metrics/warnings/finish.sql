DROP TABLE newest_registers;

DROP TABLE organisation_names;

DROP TABLE IF EXISTS sudden_changes;
