"""The place a reporter is listed under: its prefecture, or the 兵团."""

from collections.abc import Sequence

import pandas as pd

from dashboard.stand import Stand
from data_contracts.divisions import CORPS_CODE, REGION_CODE


def place_of(division_code: str, kind: str | None, parent_code: str | None) -> str:
    """Prefecture of a county, the 兵团 of a 师, the division itself otherwise."""
    if kind == "corps_division":
        return CORPS_CODE
    return parent_code if kind == "county" and parent_code else division_code


def by_place(stand: Stand, frame: pd.DataFrame, counts: Sequence[str]) -> pd.DataFrame:
    """Counts of reporters summed by place: by prefecture and 兵团 on the whole region, by reporter within an area.

    Args:
        frame: `division_code`, `kind`, `parent_code`, and the columns `counts`; a null count is left out of its sum.

    Returns:
        `place`, then the counts, in the order of codes; a sum of nothing but nulls is null.
    """
    is_whole = stand.division_code == REGION_CODE
    keys = zip(frame["division_code"], frame["kind"], frame["parent_code"], strict=True)
    place = [place_of(*entry) if is_whole else entry[0] for entry in keys]
    grouped = frame[list(counts)].astype("Float64").groupby(pd.Series(place, index=frame.index, name="place"))
    return grouped.sum(min_count=1).reset_index()
