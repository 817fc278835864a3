"""Ids of the page of filings."""

MATRIX = "filings-matrix"
GRID = "filings-grid"
REFUSED = "filings-refused"
