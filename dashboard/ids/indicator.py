"""Ids of the indicator page."""

DEFINITION = "indicator-definition"
TREND = "indicator-trend"
FUNNEL = "indicator-funnel"
RANKING = "indicator-ranking"
GROUPS = "indicator-groups"
LIST = "indicator-list"
COLUMNS = "indicator-columns"
