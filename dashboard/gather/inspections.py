"""What 检查整改 shows: findings by state and place, how many stood open each month, the ledger of measures."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.frames import count_by
from dashboard.gather.dimension import Dimension, gather_dimension
from dashboard.gather.places import by_place
from dashboard.stand import Stand
from metrics import read_layer, read_supervision

KEY = (
    "rectified_on_time_share", "overdue_open_per_100_organisations", "repeat_finding_share",
    "rectification_verified_share", "organisations_inspected_share", "key_units_inspected_share",
)  # fmt: skip
COUNTS = ("inspections", "with_findings", "open", "in_time", "overdue", "criticism_proposed", "beyond", "to_verify")
FILTERS = ("state",)


@dataclass(frozen=True)
class Inspections:
    """`work` by reporter, `places` summed; `measures` the ledger as filtered, `state_counts` before the filter."""

    stand: Stand
    dimension: Dimension
    work: pd.DataFrame
    places: pd.DataFrame
    history: pd.DataFrame
    measures: pd.DataFrame
    total: int
    state_counts: dict[str, int]


def gather_inspections(stand: Stand) -> Inspections:
    """Read the month's findings, inspections and measures inside the chosen division."""
    place: dict[str, Any] = {"period": stand.period, "within": stand.within}
    work = read_supervision.read_inspection_work(stand.cursor, stand.scope, **place)
    measures = read_layer.read_measures(stand.cursor, stand.scope, **place)
    if stand.is_area and not stand.shows_area:
        work, measures = (frame[frame["division_code"] == stand.division_code] for frame in (work, measures))
    chosen = stand.view.chosen("state")
    return Inspections(
        stand,
        gather_dimension(stand, "inspection", KEY),
        work,
        by_place(stand, work, COUNTS),
        read_supervision.read_findings_history(stand.cursor, stand.scope, **place),
        measures[measures["measure"].isin(chosen)] if chosen else measures,
        len(measures),
        count_by(measures["measure"]),
    )
