-- From which month on periods are judged; the others are what these are compared with.
CREATE OR REPLACE TEMP TABLE integrity_opening AS SELECT $open_from AS open_from;
