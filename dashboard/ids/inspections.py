"""Ids of 检查整改."""

PLACES = "inspections-places"
HISTORY = "inspections-history"
FILTERS = "inspections-filters"
LEDGER = "inspections-ledger"
