"""Ids of 数据质量与诚信."""

FILTERS = "integrity-filters"
SIGNALS = "integrity-signals"
SCORES = "integrity-scores"
GRADES = "integrity-grades"
