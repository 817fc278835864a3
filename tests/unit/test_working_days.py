"""Working days by the State Council's notices: holidays are free, the weekends worked for them are not."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.calendar import CalendarError
from data_contracts.working_days import add_working_days, is_listed, is_working_day, working_days_between

DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 9, 30), True), (date(2026, 10, 1), False), (date(2026, 10, 7), False), (date(2026, 10, 8), True),
        (date(2026, 10, 10), True), (date(2026, 10, 11), False), (date(2026, 2, 14), True), (date(2026, 2, 23), False),
        (date(2027, 10, 1), True), (date(2027, 10, 2), False),  # not listed yet: weekdays alone
    ],
)  # fmt: skip
def test_a_day(day: date, worked: bool) -> None:
    assert is_working_day(day) is worked


def test_a_clock_skips_the_holidays_and_counts_the_worked_weekend() -> None:
    assert add_working_days(date(2026, 9, 30), 0) == date(2026, 9, 30)
    assert add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert add_working_days(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert add_working_days(date(2026, 9, 30), 4) == date(2026, 10, 12)
    assert is_listed(date(2026, 10, 1)) and not is_listed(date(2027, 10, 1))
    with pytest.raises(ValueError, match="不能为负"):
        add_working_days(date(2026, 9, 30), -1)


@given(DAYS, st.integers(0, 40))
def test_adding_and_counting_agree(start: date, count: int) -> None:
    end = add_working_days(start, count)
    assert working_days_between(start, end) == count
    assert count == 0 or is_working_day(end)
    assert working_days_between(end, start) == -count


@given(DAYS, st.integers(0, 60))
def test_counting_goes_day_by_day(start: date, length: int) -> None:
    days = [start + timedelta(days=n) for n in range(1, length + 1)]
    assert working_days_between(start, start + timedelta(days=length)) == sum(map(is_working_day, days))


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("- {year: 2027, source: 通知, holidays: [2027-02-30], workdays: []}", "“2027-02-30”应写成 2027-01-01"),
        ("- {year: 2027, source: 通知, holidays: [2027-02-03/2027-02-01], workdays: []}", "应写成"),
        ("- {year: 2027, source: 通知, holidays: [2026-01-01], workdays: []}", "应写成 2027-01-01"),
        ("- {year: 2027, source: 通知, holidays: [], workdays: [2027-01-04]}", "2027-01-04 本来就不是周末"),
        ("- {year: 2027, source: 通知, holidays: [2027-01-02], workdays: [2027-01-02]}", "既写了放假又写了上班"),
        ("- {year: 2027, holidays: [], workdays: []}", "第 1 条：应有 holidays"),
        ("- {year: 2027, source: a, holidays: [], workdays: []}\n- {year: 2027, source: a, holidays: [], workdays: []}",
         "第 2 条：2027 年已写过"),
    ],
)  # fmt: skip
def test_a_fault_in_the_calendar_is_told(tmp_path: Path, entry: str, told: str) -> None:
    path = tmp_path / "working_days.yaml"
    path.write_text(f"years:\n{entry}\n", encoding="utf-8")
    with pytest.raises(CalendarError, match=told):
        is_working_day(date(2027, 1, 1), path)


def test_what_is_no_calendar_is_told(tmp_path: Path) -> None:
    path = tmp_path / "working_days.yaml"
    path.write_text("2027-01-01", encoding="utf-8")
    with pytest.raises(CalendarError, match="不是有效的工作日历"):
        is_working_day(date(2027, 1, 1), path)
