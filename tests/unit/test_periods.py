"""Reporting periods: forms, bounds, and which period a month belongs to."""

from datetime import date

import pytest

from data_contracts.calendar import due_on, opens_on
from data_contracts.loading import load_contracts
from data_contracts.periods import (
    add_months,
    frequency_of,
    last_month,
    month_range,
    period_end,
    period_of,
    period_of_record,
    period_start,
    period_title,
    periods_between,
)


@pytest.mark.parametrize(("period", "frequency"), [("2026-10", "month"), ("2026Q4", "quarter"), ("2026", "year")])
def test_the_form_tells_the_frequency(period: str, frequency: str) -> None:
    assert frequency_of(period) == frequency


@pytest.mark.parametrize(
    "period",
    ["", "2026-13", "2026-00", "2026-1", "2026Q5", "2026Q0", "26", "2026q4", "2026-10 ", "2026-10\n", "２０２６"],
)
def test_any_other_form_is_refused_in_chinese(period: str) -> None:
    with pytest.raises(ValueError, match="写法不对"):
        frequency_of(period)


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_bounds(period: str, start: date, end: date) -> None:
    assert (period_start(period), period_end(period)) == (start, end)


@pytest.mark.parametrize(("period", "month"), [("2026-09", "2026-09"), ("2026Q3", "2026-09"), ("2026", "2026-12")])
def test_last_month(period: str, month: str) -> None:
    assert last_month(period) == month


@pytest.mark.parametrize(
    ("month", "count", "result"),
    [("2026-12", 1, "2027-01"), ("2026-01", -1, "2025-12"), ("2026-05", 0, "2026-05"), ("2026-05", -24, "2024-05")],
)
def test_add_months(month: str, count: int, result: str) -> None:
    assert add_months(month, count) == result


def test_month_range_includes_both_ends_and_is_empty_backwards() -> None:
    assert month_range("2025-11", "2026-02") == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert month_range("2026-02", "2026-02") == ["2026-02"]
    assert month_range("2026-02", "2026-01") == []


def test_the_quarter_of_record_is_the_newest_that_has_ended() -> None:
    months = ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
    assert [period_of_record(month, "quarter") for month in months] == [
        "2026Q2",
        "2026Q2",
        "2026Q2",
        "2026Q3",
        "2026Q3",
    ]
    assert period_of_record("2026-01", "quarter") == "2025Q4"
    assert [period_of_record(month, "year") for month in ("2026-11", "2026-12")] == ["2025", "2026"]
    assert period_of_record("2026-08", "month") == "2026-08"


def test_the_period_that_holds_a_month() -> None:
    assert [period_of("2026-08", frequency) for frequency in ("month", "quarter", "year")] == [
        "2026-08",
        "2026Q3",
        "2026",
    ]


def test_periods_between_are_those_that_end_in_the_range() -> None:
    assert periods_between("2026-02", "2026-09", "quarter") == ["2026Q1", "2026Q2", "2026Q3"]
    assert periods_between("2026-04", "2026-05", "quarter") == []
    assert periods_between("2025-01", "2026-12", "year") == ["2025", "2026"]
    assert periods_between("2026-01", "2026-02", "month") == ["2026-01", "2026-02"]


def test_titles() -> None:
    assert [period_title(period) for period in ("2026-09", "2026Q4", "2026")] == [
        "2026年9月",
        "2026年第4季度",
        "2026年",
    ]


def test_a_filing_opens_before_the_end_and_is_due_after_it() -> None:
    contracts = load_contracts()
    assert opens_on("2026-09") == date(2026, 9, 25)
    assert due_on(contracts["findings"], "2026-09") == date(2026, 10, 10)
    assert due_on(contracts["training"], "2026Q3") == date(2026, 10, 15)
