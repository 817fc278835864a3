"""Frauds planted in what a reporter files, each as somebody would commit it who fills in figures at a desk.

Typed rows in, typed rows changed in place; which reporters cheat is drawn apart from the region, so that the others
file what they would have filed anyway. The integrity rules (metrics/integrity) should bring them to light.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

import numpy as np

from data_contracts.periods import last_month, period_end, period_start

Row = dict[str, Any]
Filings = dict[tuple[str, str], list[Row]]  # of one reporter: contract and period → rows
Region = Mapping[str, Filings]
OWN_BUREAUS = frozenset({"county_bureau", "corps_bureau"})
FEWEST_ROWS = 8  # of a training table, for a fraud to be worth anybody's while
_STREAM = 43


@dataclass(frozen=True)
class Fraud:
    """One planted fraud: who, how, and the first and last period of the contract in which it can be seen."""

    division_code: str
    kind: str
    contract: str
    first: str
    last: str

    def as_truth(self) -> dict[str, str]:
        """The record in truth.json."""
        fields = asdict(self)
        return {"from" if name == "first" else "to" if name == "last" else name: value
                for name, value in fields.items()}


def plant_frauds(region: Region, per_kind: int, seed: int) -> list[Fraud]:
    """Plant `per_kind` frauds of each kind in counties and 兵团 divisions, no two with the same reporter.

    Args:
        region: reporter → its filings; changed in place.
        per_kind: as many, or fewer where there are not enough reporters who file enough to cheat with.
    """
    rng = np.random.default_rng([seed, _STREAM])
    codes = [code for code in sorted(region) if not code.endswith("00") or code.startswith("66")]
    waiting = [str(code) for code in rng.permutation(codes)]
    planted = []
    for kind, plant in PLANTS.items():
        done = 0
        for code in list(waiting):
            if done == per_kind:
                break
            quarters = sorted(period for name, period in region[code] if name == "training")
            quarter = quarters[int(rng.integers(len(quarters) // 2, len(quarters) - 1))] if len(quarters) > 2 else None
            fraud = None if quarter is None else plant(region, code, quarter)
            if fraud is not None:
                contract, first, last = fraud
                planted.append(Fraud(code, kind, contract, first, last))
                waiting.remove(code)
                done += 1
    return planted


Planted = tuple[str, str, str] | None


def _before(quarter: str, back: int = 1) -> str:
    index = int(quarter[:4]) * 4 + int(quarter[5]) - 1 - back
    return f"{index // 4}Q{index % 4 + 1}"


def _is_picked(key: object, tenths: int) -> bool:
    """The same things are picked in every filing that names them."""
    return zlib.crc32(str(key).encode()) % 10 < tenths


def _counts(row: Row) -> Row:
    return {name: value for name, value in row.items() if name.endswith("_count")}


def _copy_from_before(region: Region, code: str, quarter: str) -> Planted:
    """The last quarter's training table is handed in again."""
    now, before = region[code].get(("training", quarter), []), region[code].get(("training", _before(quarter)), [])
    old = {row["organisation_code"]: row for row in before}
    if len(now) < FEWEST_ROWS or not old:
        return None
    for row in now:
        row.update(_counts(old.get(row["organisation_code"], {})))
    return "training", quarter, quarter


def _copy_from_elsewhere(region: Region, code: str, quarter: str) -> Planted:
    """The figures of another county's training table, row by row, under one's own organisations."""
    now = region[code].get(("training", quarter), [])
    others = [other for other in sorted(region)
              if other != code and len(region[other].get(("training", quarter), [])) >= len(now)]
    if len(now) < FEWEST_ROWS or not others:
        return None
    theirs = region[others[zlib.crc32(code.encode()) % len(others)]]["training", quarter]
    for row, other in zip(now, theirs, strict=False):
        row.update(_counts(other))
    return "training", quarter, quarter


def _heap_digits(region: Region, code: str, quarter: str) -> Planted:
    """Figures estimated to the nearest five instead of counted."""
    if len(region[code].get(("training", quarter), [])) < FEWEST_ROWS:
        return None
    for contract in ("training", "disclosure_reviews"):
        for row in region[code].get((contract, quarter), []):
            row.update({name: 5 * round(value / 5) for name, value in _counts(row).items() if value and value >= 8})
    return "training", quarter, quarter


def _freeze_rate(region: Region, code: str, quarter: str) -> Planted:
    """Training done is 88 % of what is to be done in every quarter, whatever happened: the rate was set before."""
    tables = {period: rows for (name, period), rows in region[code].items() if name == "training"}
    if not tables.get(quarter):
        return None
    for rows in tables.values():
        wanted, written = 0.0, 0
        for row in rows:
            wanted += 0.88 * row["posts_to_train_count"]
            row["posts_trained_count"] = round(wanted) - written
            row["posts_assessed_count"] = min(row["posts_assessed_count"], row["posts_trained_count"])
            written = round(wanted)
    return "training", min(tables), max(tables)


def _months_from(filings: Filings, contract: str, first: str) -> Iterator[tuple[str, list[Row]]]:
    yield from sorted((period, rows) for (name, period), rows in filings.items() if name == contract
                      and period >= first)


def _first_month(quarter: str) -> str:
    return f"{period_start(quarter):%Y-%m}"


def _hide_findings(region: Region, code: str, quarter: str) -> Planted:
    """Half of the findings that inspections make never reach the ledger in which they are followed."""
    months = list(_months_from(region[code], "findings", _first_month(quarter)))
    hidden = 0
    for _, rows in months:
        kept = [row for row in rows if not _is_picked(row["finding_code"], 5)
                or f"{row['found_on']:%Y-%m}" < _first_month(quarter)]
        hidden += len(rows) - len(kept)
        rows[:] = kept
    return ("inspections", months[0][0], months[-1][0]) if hidden else None


def _thin_register(region: Region, code: str, quarter: str) -> Planted:
    """A fifth of the organisations leave the register for the quarter of an inspection and come back after it."""
    rows = region[code].get(("organisations", _before(quarter)), [])
    around = [region[code].get(("organisations", one)) for one in (_before(quarter, 2), quarter)]
    kept = [row for row in rows if not _is_picked(row["organisation_code"], 2)]
    if not all(around) or len(kept) == len(rows):
        return None
    rows[:] = kept
    return "organisations", quarter, quarter


def _date_on_due_day(region: Region, code: str, quarter: str) -> Planted:
    """Most rectifications are dated on the very day they were due."""
    months = list(_months_from(region[code], "findings", _first_month(quarter)))
    dated = 0
    for period, rows in months:
        for row in rows:
            if (row["rectified_on"] and _is_picked(row["finding_code"], 7) and row["due_on"] <= period_end(period)
                    and not (row["verified_on"] and row["verified_on"] < row["due_on"])):
                row["rectified_on"] = row["due_on"]
                dated += 1
    return ("findings", months[0][0], months[-1][0]) if dated >= FEWEST_ROWS else None


def _find_nothing(region: Region, code: str, quarter: str) -> Planted:
    """The bureau's own inspections find nothing any more."""
    months = list(_months_from(region[code], "inspections", ""))
    found: set[str] = set()
    for _, rows in months:
        for row in rows:
            if row["inspecting_body"] in OWN_BUREAUS and row["finding_count"]:
                found.add(row["inspection_code"])
                row["finding_count"] = 0
    for _, rows in _months_from(region[code], "findings", ""):
        rows[:] = [row for row in rows if row["inspection_code"] not in found]
    return ("inspections", months[0][0], months[-1][0]) if found else None


_DONE = (
    ("training", "posts_trained_count", "posts_to_train_count"),
    ("training", "posts_assessed_count", "posts_to_train_count"),
    ("personnel_duties", "re_review_done_count", "re_review_due_count"),
    ("meetings", "with_plan_count", "meetings_count"), ("disclosure_reviews", "reviewed_count", "proposed_count"),
)


def _shine_beside_incidents(region: Region, code: str, quarter: str) -> Planted:
    """Every duty is done to the full by the tallies, while incidents come one after another."""
    month = last_month(quarter)
    rows = region[code].get(("incidents", month))
    if rows is None:
        return None
    for contract, done, whole in _DONE:
        for (name, _), of_filing in region[code].items():
            if name == contract:
                for row in of_filing:
                    row[done] = row[whole]
    end, blank = period_end(month), {"organisation_code": None, "investigation_opened_on": None,
                                     "others_told_on": None, "closed_on": None}  # fmt: skip
    for number in range(10):
        day = date(end.year, end.month, 2 + 2 * number)
        rows.append({**blank, "incident_code": f"SJ-{code}-9{number:03d}", "category": "category_2",
                     "found_at": datetime.combine(day, time(9)), "reported_at": datetime.combine(day, time(10)),
                     "first_body": "secrecy_bureau", "leak": "pending", "investigation_opened_on": day,
                     "others_told_on": day})  # fmt: skip
    return "incidents", month, month


PLANTS: Mapping[str, Callable[[Region, str, str], Planted]] = {
    "copied_from_before": _copy_from_before,
    "copied_from_elsewhere": _copy_from_elsewhere,
    "heaped_digits": _heap_digits,
    "frozen_rate": _freeze_rate,
    "sums_disagree": _hide_findings,
    "register_dips": _thin_register,
    "due_day_dates": _date_on_due_day,
    "few_findings": _find_nothing,
    "too_good": _shine_beside_incidents,
}
