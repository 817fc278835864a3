"""Ids of 资质单位."""

FILTERS = "units-filters"
GRID = "units-grid"
