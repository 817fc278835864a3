SELECT DISTINCT period FROM index_scores ORDER BY period DESC;
