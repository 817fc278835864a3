"""Quality of reporting (Art. 34, 38), recomputed."""

from typing import Any

import pandas as pd

from data_contracts.periods import add_months, last_month
from tests.recomputed.region import Region, parts
from tests.recomputed.registry import Parts, recomputes


def due_filings(region: Region, division: str, month: str) -> pd.DataFrame:
    firsts = region.drawn["first_statuses"]
    rows = [(state, firsts.get(key)) for key, state in region.states.items()
            if key[1] == division and add_months(month, -2) <= last_month(key[2]) <= month]
    return pd.DataFrame(rows, columns=["state", "first_status"])


@recomputes("filed_on_time_share", of_organisations=False)
def filed_on_time(region: Region, division: str, month: str) -> Parts:
    rows = due_filings(region, division, month)
    return parts(rows, rows["state"] == "on_time", True)


@recomputes("first_pass_share", of_organisations=False)
def first_pass(region: Region, division: str, month: str) -> Parts:
    rows = due_filings(region, division, month)
    rows = rows[rows["state"] != "missing"]
    return parts(rows, rows["first_status"] != "returned", True)


@recomputes("missing_share", of_organisations=False)
def missing(region: Region, division: str, month: str) -> Parts:
    rows = due_filings(region, division, month)
    return parts(rows, rows["state"] == "missing", True)


@recomputes("returned_unmended_share", of_organisations=False)
def returned_unmended(region: Region, division: str, month: str) -> Parts:
    rows = due_filings(region, division, month)
    rows = rows[rows["state"] != "missing"]
    return parts(rows, rows["state"] == "returned", True)


def attempts(region: Region, division: str, month: str) -> list[tuple[int, list[dict[str, Any]]]]:
    """(rows, faults) of every attempt at what was due in three months."""
    firsts, found = region.drawn["first_statuses"], []
    for key, state in region.states.items():
        if key[1] != division or not add_months(month, -2) <= last_month(key[2]) <= month:
            continue
        faults = [fault for fault in region.drawn["faults"]
                  if (fault["contract"], fault["division_code"], fault["period"]) == key]
        if firsts.get(key) == "returned":
            found.append((region.drawn["returned_rows"][key], [fault for fault in faults if fault["attempt"] == 1]))
        if state in ("on_time", "late"):
            frame = region.frames[key[0]]
            count = ((frame["division_code"] == division) & (frame["period"] == key[2])).sum()
            last = 2 if firsts.get(key) == "returned" else 1
            found.append((count, [fault for fault in faults if fault["attempt"] == last]))
    return found


def of_attempts(counted: list[tuple[int, int]]) -> Parts:
    frame = pd.DataFrame(counted, columns=["numerator", "denominator"])
    return parts(frame, frame["numerator"], frame["denominator"])


@recomputes("bad_rows_per_1000", of_organisations=False)
def bad_rows(region: Region, division: str, month: str) -> Parts:
    counted = []
    for rows, faults in attempts(region, division, month):
        bad = {fault["row"] for fault in faults if fault["strength"] == "mandatory" and fault["row"] is not None}
        counted.append((min(len(bad), rows), rows))
    return of_attempts(counted)


@recomputes("queries_explained_share", of_organisations=False)
def queries_explained(region: Region, division: str, month: str) -> Parts:
    queries = [[fault["is_explained"] for fault in faults if fault["strength"] == "query"]
               for _, faults in attempts(region, division, month)]
    return of_attempts([(sum(explained), len(explained)) for explained in queries])


def late_by(region: Region, division: str, month: str) -> pd.DataFrame:
    """Days past the due day of what was accepted within a year."""
    days = [region.drawn["days_late"].get(key, 0) for key, state in region.states.items()
            if key[1] == division and add_months(month, -11) <= last_month(key[2]) <= month
            and state in ("on_time", "late")]
    return pd.DataFrame({"days": days}, dtype=float)


@recomputes("late_days", of_organisations=False)
def late_days(region: Region, division: str, month: str) -> Parts:
    rows = late_by(region, division, month)
    rows = rows[rows["days"] >= 1]
    return parts(rows, rows["days"], True)


@recomputes("past_due_days_p90", of_organisations=False)
def past_due_days(region: Region, division: str, month: str) -> Parts:
    rows = late_by(region, division, month)
    return parts(rows, rows["days"], True)
