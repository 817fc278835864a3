-- Rows that one of two tables has and the other has not, each as often as it is there more.
CREATE OR REPLACE TEMP MACRO differing(one, other) AS TABLE
    (FROM query_table(one) EXCEPT ALL FROM query_table(other))
    UNION ALL
    (FROM query_table(other) EXCEPT ALL FROM query_table(one));
