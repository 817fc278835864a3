"""What 资质单位 shows: the register of qualified units, each with the state of its qualification (Art. 26)."""

from dataclasses import dataclass

import pandas as pd

from dashboard.frames import count_by
from dashboard.gather.dimension import Dimension, gather_dimension
from dashboard.gather.worklist import keep_chosen
from dashboard.stand import Stand
from metrics import read_supervision

KEY = (
    "qualification_expired_share", "unit_checked_share", "unit_check_failed_share", "unit_rectified_on_time_share",
)  # fmt: skip
FILTERS = ("state", "kind")
UNIT_STATES: dict[str, str] = {
    "expired_with_commissions": "过期仍有在办业务",
    "expired": "已过期",
    "suspended": "已暂停",
    "expiring": "90 天内到期",
    "valid": "有效",
}


@dataclass(frozen=True)
class Units:
    """`units` as filtered; the counts say how many each choice would show, the other filter kept."""

    stand: Stand
    dimension: Dimension
    units: pd.DataFrame
    total: int
    state_counts: dict[str, int]
    business_counts: dict[str, int]
    businesses: dict[str, str]


def gather_units(stand: Stand) -> Units:
    """The register of record inside the chosen division."""
    units = read_supervision.read_supervised_units(stand.cursor, stand.scope, period=stand.period, within=stand.within)
    if stand.is_area and not stand.shows_area:
        units = units[units["division_code"] == stand.division_code]
    units = units.rename(columns={"kind": "division_kind", "unit_state": "state", "business": "kind"})
    chosen = {name: stand.view.chosen(name) for name in FILTERS}
    return Units(
        stand,
        gather_dimension(stand, "qualified_units", KEY),
        keep_chosen(units, chosen),
        len(units),
        count_by(keep_chosen(units, {**chosen, "state": ()})["state"]),
        count_by(keep_chosen(units, {**chosen, "kind": ()})["kind"]),
        dict(zip(units["kind"], units["business_title"], strict=True)),
    )
