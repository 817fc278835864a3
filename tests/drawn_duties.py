"""Rows of a drawn region: classification, carriers, procurement, meetings, personnel and means."""

import random

from tests.drawn_rows import Row


def draw_duties(dice: random.Random, code: str, organisations: list[str], first_period: str,
                period: str) -> dict[str, list[Row]]:
    """Rows of one reporter by contract."""
    return {}
