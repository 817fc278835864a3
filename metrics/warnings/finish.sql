DROP TABLE newest_registers;

DROP TABLE organisation_names;
