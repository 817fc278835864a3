"""What 事件与举报 shows: incidents, tips and alerts of twelve months by place and category (Art. 36, 38, 39).

Small counts are hidden from readers outside the unit that filed them, in the read layer; here they arrive as null.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.gather.dimension import Dimension, gather_dimension
from dashboard.gather.places import by_place
from dashboard.stand import Stand
from metrics import read_supervision

KEY = (
    "incident_reported_24h_share", "incident_others_told_share", "incident_investigation_days",
    "tip_answered_7_days_share", "tip_decided_60_days_share", "alert_verified_24h_share",
)  # fmt: skip
COUNTS = ("incidents", "confirmed", "unclosed", "tips", "substantiated", "alerts")


@dataclass(frozen=True)
class Events:
    """`reporters` with the states of their filings, `places` summed; `hides` whether this reader may be shown nulls."""

    stand: Stand
    dimension: Dimension
    reporters: pd.DataFrame
    places: pd.DataFrame
    categories: pd.DataFrame
    hides: bool


def gather_events(stand: Stand) -> Events:
    """Counts of the last twelve months inside the chosen division."""
    place: dict[str, Any] = {"period": stand.period, "within": stand.within}
    reporters = read_supervision.read_event_counts(stand.cursor, stand.scope, **place)
    if stand.is_area and not stand.shows_area:
        reporters = reporters[reporters["division_code"] == stand.division_code]
    return Events(
        stand,
        gather_dimension(stand, "events", KEY),
        reporters,
        by_place(stand, reporters, COUNTS),
        read_supervision.read_event_categories(stand.cursor, stand.scope, **place),
        stand.scope.divisions is not None,
    )
