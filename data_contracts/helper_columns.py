"""Compute the helper columns that a row, or its filing, can tell by itself. Pure pandas; knows no contract by name."""

from collections.abc import Callable
from typing import get_args

import pandas as pd

from data_contracts.contract import Contract, FilingOperation, HelperOperation, RowOperation

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


def _difference(first: pd.Series, second: pd.Series) -> pd.Series:
    return (first.astype("Float64") - second.astype("Float64")).astype("float64")


def _digits(count: int) -> Operation:
    def first_digits(text: pd.Series) -> pd.Series:
        return text.astype("str").str.extract(rf"(\d{{{count}}})", expand=False)

    return first_digits


def _filing_row_count(filing: pd.Series) -> pd.Series:
    return _grouped_size([filing])


def _filing_sum(filing: pd.Series, measure: pd.Series) -> pd.Series:
    return _grouped_sum(measure, [filing])


def _group_row_count(filing: pd.Series, *by: pd.Series) -> pd.Series:
    return _grouped_size([filing, *by])


def _group_sum(filing: pd.Series, measure: pd.Series, *by: pd.Series) -> pd.Series:
    return _grouped_sum(measure, [filing, *by])


def _grouped_size(by: list[pd.Series]) -> pd.Series:
    ones = pd.Series(1, index=by[0].index)
    return ones.groupby(by, dropna=False).transform("sum").astype("Int64")


def _grouped_sum(measure: pd.Series, by: list[pd.Series]) -> pd.Series:
    return measure.astype("Float64").groupby(by, dropna=False).transform("sum").astype("float64")


ROW_OPERATIONS: dict[RowOperation, Operation] = {
    "days_between": _days_between,
    "hours_between": _hours_between,
    "date_of": _date_of,
    "month_of": _month_of,
    "ratio": _ratio,
    "sum": _sum,
    "difference": _difference,
    "first_six_digits": _digits(6),
    "first_ten_digits": _digits(10),
}
# These are given the column of filing ids before their operands.
FILING_OPERATIONS: dict[FilingOperation, Operation] = {
    "filing_row_count": _filing_row_count,
    "filing_sum": _filing_sum,
    "group_row_count": _group_row_count,
    "group_sum": _group_sum,
}
# How many operands an operation takes; None for one or more.
OPERAND_COUNTS: dict[HelperOperation, int | None] = {
    "days_between": 2,
    "hours_between": 2,
    "date_of": 1,
    "month_of": 1,
    "ratio": 2,
    "sum": None,
    "difference": 2,
    "first_six_digits": 1,
    "first_ten_digits": 1,
    "filing_row_count": 0,
    "filing_sum": 1,
    "group_row_count": None,
    "group_sum": None,
    "lookup": 2,
    "matching_row_count": 2,
    "register_row_count": 1,
    "previous": 1,
    "previous_row_count": 0,
    "previous_sum": 1,
    "beyond_usual": 1,
    "row_count_beyond_usual": 0,
    "copied_share": 0,
}
# Operations whose first operand names another contract: `contract.column`, or the contract alone.
OPERATIONS_ON_OTHERS = ("lookup", "matching_row_count", "register_row_count")
# Operations that look at the reporter's earlier filings of the same contract.
OPERATIONS_ON_HISTORY = (
    "previous",
    "previous_row_count",
    "previous_sum",
    "beyond_usual",
    "row_count_beyond_usual",
    "copied_share",
)
# Their value is the same for all rows of a filing, so a check on it is about the filing.
OPERATIONS_ON_FILINGS = (
    "filing_row_count",
    "filing_sum",
    "register_row_count",
    "previous_row_count",
    "previous_sum",
    "beyond_usual",
    "row_count_beyond_usual",
    "copied_share",
)


def history_helpers(contract: Contract) -> frozenset[str]:
    """Names of the helper columns that look at earlier filings of the same contract, directly or through another."""
    names: set[str] = set()
    for helper in contract.helper_columns:
        if helper.operation in OPERATIONS_ON_HISTORY or names.intersection(helper.operands):
            names.add(helper.name)
    return frozenset(names)


def add_helper_columns(frame: pd.DataFrame, contract: Contract, without: frozenset[str] = frozenset()) -> pd.DataFrame:
    """The frame with the contract's helper columns appended; the frame given is left as it was.

    Args:
        frame: typed filed columns (dates as datetime64, counts as Int64), with `filing_id`, `_period_start_on`,
            `_period_end_on` and the helper columns that `pipelines.records` gives. Empty frames are fine.
        contract: whose `helper_columns` to add, in the order declared: a later one may use an earlier one.
        without: helper columns to leave out.

    Returns:
        A new frame. `days_between` and `hours_between` are later minus earlier, as float, negative where the order is
        wrong; `ratio` is null where the denominator is 0; anything is null where an operand is, but sums over a
        filing or group leave nulls out.
    """
    frame = frame.copy(deep=False)
    for helper in contract.helper_columns:
        if helper.name in without:
            continue
        operands = [frame[name] for name in helper.operands] if helper.operation in _OWN else []
        if helper.operation in ROW_OPERATIONS:
            frame[helper.name] = ROW_OPERATIONS[helper.operation](*operands)  # type: ignore[index]
        elif helper.operation in FILING_OPERATIONS:
            frame[helper.name] = FILING_OPERATIONS[helper.operation](frame["filing_id"], *operands)  # type: ignore[index]
    return frame


_OWN = (*get_args(RowOperation), *get_args(FilingOperation))
