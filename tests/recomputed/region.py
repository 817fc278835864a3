"""The drawn region as pandas frames, and what is known of a reporter at a month."""

from functools import cache, cached_property
from typing import Any

import pandas as pd

from data_contracts.periods import add_months, last_month, period_end, period_of_record, period_start
from tests.drawn import CONTRACTS, DEFAULTS
from tests.drawn_region import draw_region


class Region:
    """One drawn region. Frames hold what was filed: dates as timestamps, a blank yes/no as no, other blanks as NaN."""

    def __init__(self, seed: int) -> None:
        self.drawn = draw_region(seed)
        self.states = self.drawn["states"]
        self.register = cache(self.register)  # type: ignore[method-assign]
        self.known = cache(self.known)  # type: ignore[method-assign]

    @cached_property
    def frames(self) -> dict[str, pd.DataFrame]:
        return {contract: self._frame(contract) for contract in CONTRACTS}

    def _frame(self, contract: str) -> pd.DataFrame:
        kinds = {column.name: column.kind for column in CONTRACTS[contract].columns}
        rows = [{**DEFAULTS.get(contract, {}), **row} for row in self.drawn[contract]]
        frame = pd.DataFrame(rows, columns=["division_code", "period", *kinds])
        for name, kind in kinds.items():
            if kind in ("date", "datetime"):
                frame[name] = pd.to_datetime(frame[name])
            elif kind in ("integer", "decimal"):
                frame[name] = frame[name].astype(float)
            elif kind == "boolean":
                frame[name] = frame[name].astype("boolean").fillna(False).astype(bool)
        return frame

    def register(self, contract: str, division: str, month: str) -> pd.DataFrame:
        """A reporter's rows of the newest period that had ended: a register, or a tally of one period."""
        frame = self.frames[contract]
        period = period_of_record(month, CONTRACTS[contract].frequency)
        return frame[(frame["division_code"] == division) & (frame["period"] == period)]

    def tallies(self, contract: str, division: str, month: str, months: int) -> pd.DataFrame:
        """A reporter's rows of all periods that ended within so many months."""
        frame = self.frames[contract]
        ended = frame["period"].map(last_month)
        return frame[(frame["division_code"] == division) & (ended > add_months(month, -months)) & (ended <= month)]

    def known(self, contract: str, key: str, month: str) -> pd.DataFrame:
        """Every event of any reporter as last reported in a period that ended by a month."""
        frame = self.frames[contract]
        filed = frame[frame["period"].map(last_month) <= month].sort_values("period", kind="stable")
        return filed.drop_duplicates(["division_code", key], keep="last")

    def events(self, contract: str, key: str, division: str, month: str) -> pd.DataFrame:
        """A reporter's own events as last reported by a month."""
        rows = self.known(contract, key, month)
        return rows[rows["division_code"] == division]

    def has_filed(self, contracts: tuple[str, ...], division: str, month: str) -> bool:
        periods = [(c, division, period_of_record(month, CONTRACTS[c].frequency)) for c in contracts]
        return all(self.states.get(period) in ("on_time", "late") for period in periods)

    def is_expected(self, contracts: tuple[str, ...], division: str, month: str) -> bool:
        return all((c, division, period_of_record(month, CONTRACTS[c].frequency)) in self.states
                   for c in contracts)


def parts(frame: pd.DataFrame, numerator: Any, denominator: Any) -> pd.DataFrame:
    """One row per thing counted: whose it is, and what it adds to each side (yes is 1)."""
    code = frame.get("organisation_code")
    counted = pd.DataFrame({"numerator": numerator, "denominator": denominator}, index=frame.index)
    return counted.astype(float).assign(organisation_code=code)


def capped(part: pd.Series, whole: pd.Series) -> pd.Series:
    """A part, where it is filed as more than its whole, as all of it."""
    return part.where(part <= whole, whole)


def since(month: str, months: int) -> pd.Timestamp:
    """First day of a window of so many months that ends with a month."""
    return pd.Timestamp(period_start(add_months(month, 1 - months)))


def until(month: str) -> pd.Timestamp:
    """Last day of a month."""
    return pd.Timestamp(period_end(month))
