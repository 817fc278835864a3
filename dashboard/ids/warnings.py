"""Ids of the worklist."""

COUNTS = "warnings-counts"
GRID = "warnings-grid"
