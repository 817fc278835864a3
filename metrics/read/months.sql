SELECT period FROM months ORDER BY period;
