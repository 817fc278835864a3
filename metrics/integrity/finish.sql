DROP TABLE integrity_counted;

DROP TABLE integrity_rows;

DROP TABLE integrity_totals;

DROP TABLE integrity_values;

DROP TABLE integrity_keys;

DROP TABLE integrity_filings;

DROP TABLE integrity_opening;
