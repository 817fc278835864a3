"""Ids of 大屏."""

TURN = "wall-turn"
