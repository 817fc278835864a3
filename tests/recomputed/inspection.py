"""Inspection and rectification (Art. 41), recomputed."""

import pandas as pd

from tests.recomputed.region import Region, parts, since, until
from tests.recomputed.registry import Parts, recomputes


@recomputes("rectified_on_time_share")
def rectified_on_time(region: Region, division: str, month: str) -> Parts:
    rows = region.known("findings", "finding_code", month)
    rows = rows[(rows["division_code"] == division) & rows["due_on"].between(since(month, 12), until(month))]
    return parts(rows, rows["rectified_on"] <= rows["due_on"], True)


@recomputes("overdue_open_per_100_organisations")
def overdue_open(region: Region, division: str, month: str) -> Parts:
    rows = region.known("findings", "finding_code", month)
    done = rows["rectified_on"] <= until(month)
    rows = rows[(rows["division_code"] == division) & ~done & ((until(month) - rows["due_on"]).dt.days >= 1)]
    return pd.concat([parts(rows, 1, 0), parts(region.register("organisations", division, month), 0, 1)])


@recomputes("repeat_finding_share")
def repeated(region: Region, division: str, month: str) -> Parts:
    known = region.known("findings", "finding_code", month)
    rows = known[(known["division_code"] == division) & known["found_on"].between(since(month, 12), until(month))]
    again = []
    for row in rows.itertuples():
        same = known[(known["organisation_code"] == row.organisation_code) & (known["item"] == row.item)]
        earliest = row.found_on - pd.DateOffset(months=24)  # type: ignore[operator]
        again.append(((same["found_on"] >= earliest) & (same["found_on"] < row.found_on)).any())
    return parts(rows, again, True)
