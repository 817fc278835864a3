"""What 能力保障 shows: posts, budget and persons named by bureau, and the indicators over them (Art. 5, 8–11, 29)."""

from dataclasses import dataclass

import pandas as pd

from dashboard.gather.dimension import Dimension, gather_dimension
from dashboard.gather.places import by_place
from dashboard.stand import Stand
from metrics import read_supervision

KEY = (
    "bureau_posts_filled_share", "budget_line_share", "budget_executed_share", "townships_named_share",
    "villages_liaison_share", "border_system_share",
)  # fmt: skip
COUNTS = (
    "posts_count", "posts_filled_count", "budget_amount", "spent_amount", "townships_count", "townships_named_count",
    "villages_count", "villages_liaison_count", "due", "filed", "planned", "budgeted", "border", "border_system",
)  # fmt: skip


@dataclass(frozen=True)
class Capacity:
    """`places` sums `bureaus`; `year` is that of the filing of record."""

    stand: Stand
    dimension: Dimension
    bureaus: pd.DataFrame
    places: pd.DataFrame
    year: str


def gather_capacity(stand: Stand) -> Capacity:
    """The newest yearly filing of each bureau inside the chosen division."""
    bureaus = read_supervision.read_capacity(stand.cursor, stand.scope, period=stand.period, within=stand.within)
    if stand.is_area and not stand.shows_area:
        bureaus = bureaus[bureaus["division_code"] == stand.division_code]
    is_filed = bureaus["filing_id"].notna()
    bureaus = bureaus.assign(
        due=1,
        filed=is_filed.astype(int),
        planned=_flag(bureaus["in_development_plan"], is_filed),
        budgeted=_flag(bureaus["has_budget_line"], is_filed),
        border=_flag(bureaus["is_border"], is_filed),
        border_system=_flag(bureaus["has_border_system"], is_filed),
    )
    year = "" if bureaus.empty else str(bureaus["period"].iloc[0])
    return Capacity(stand, gather_dimension(stand, "education", KEY), bureaus, by_place(stand, bureaus, COUNTS), year)


def _flag(column: pd.Series, is_filed: pd.Series) -> pd.Series:
    """1 or 0 where it was filed, null where nothing was."""
    return column.map(lambda value: 1 if value is True else 0).astype("Float64").where(is_filed)
