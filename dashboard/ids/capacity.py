"""Ids of 能力保障."""

PLACES = "capacity-places"
INDICATORS = "capacity-indicators"
