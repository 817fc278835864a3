"""Compute the helper columns that a contract's checks declare. Pure pandas; knows no contract by name."""

from collections.abc import Callable

import pandas as pd

from data_contracts.contract import Contract, HelperOperation

Operation = Callable[..., pd.Series]  # as many series as the operation has operands


def _days_between(start: pd.Series, end: pd.Series) -> pd.Series:
    return _hours_between(start, end) / 24


def _hours_between(start: pd.Series, end: pd.Series) -> pd.Series:
    hours: pd.Series = (end - start).dt.total_seconds() / 3600
    return hours


def _date_of(moment: pd.Series) -> pd.Series:
    day: pd.Series = moment.dt.floor("D")
    return day


def _month_of(moment: pd.Series) -> pd.Series:
    month: pd.Series = moment.dt.month
    return month.astype("Int64")


def _ratio(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    top, bottom = numerator.astype("Float64"), denominator.astype("Float64")
    return (top / bottom.where(bottom != 0)).astype("float64")


def _sum(*terms: pd.Series) -> pd.Series:
    return pd.concat([term.astype("Float64") for term in terms], axis=1).sum(axis=1, skipna=False).astype("float64")


def _digits(count: int) -> Operation:
    def first_digits(text: pd.Series) -> pd.Series:
        return text.astype("str").str.extract(rf"(\d{{{count}}})", expand=False)

    return first_digits


OPERATIONS: dict[HelperOperation, Operation] = {
    "days_between": _days_between,
    "hours_between": _hours_between,
    "date_of": _date_of,
    "month_of": _month_of,
    "ratio": _ratio,
    "sum": _sum,
    "first_six_digits": _digits(6),
    "first_ten_digits": _digits(10),
}
OPERAND_COUNTS: dict[HelperOperation, int | None] = {
    "days_between": 2,
    "hours_between": 2,
    "date_of": 1,
    "month_of": 1,
    "ratio": 2,
    "sum": None,
    "first_six_digits": 1,
    "first_ten_digits": 1,
}


def add_helper_columns(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """The frame with the contract's helper columns appended; the frame given is left as it was.

    Args:
        frame: typed filed columns (dates as datetime64, counts as Int64), with `_period_start_on` and
            `_period_end_on`. Empty frames are fine.
        contract: whose `helper_columns` to add.

    Returns:
        A new frame. `days_between` and `hours_between` are later minus earlier, as float, negative where the order is
        wrong; `ratio` is null where the denominator is 0; anything is null where an operand is.
    """
    added = {
        helper.name: OPERATIONS[helper.operation](*(frame[name] for name in helper.operands))
        for helper in contract.helper_columns
    }
    return frame.assign(**added)
