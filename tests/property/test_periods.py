"""Period arithmetic holds for every month, not only for those that we thought of."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data_contracts.contract import Frequency
from data_contracts.periods import (
    add_months,
    frequency_of,
    last_month,
    month_range,
    period_end,
    period_of,
    period_of_record,
    period_start,
    periods_between,
)

months = st.builds(lambda year, month: f"{year:04d}-{month:02d}", st.integers(1990, 2098), st.integers(1, 12))
frequencies: st.SearchStrategy[Frequency] = st.sampled_from(["month", "quarter", "year"])
small = st.integers(-300, 300)


@given(months, small, small)
def test_adding_months_adds_up(month: str, one: int, other: int) -> None:
    assert add_months(add_months(month, one), other) == add_months(month, one + other)


@given(months, st.integers(0, 120))
def test_a_range_has_one_month_more_than_steps_and_sorts_as_text(month: str, steps: int) -> None:
    found = month_range(month, add_months(month, steps))
    assert len(found) == steps + 1
    assert found == sorted(set(found))


@given(months, frequencies)
def test_a_month_lies_in_its_period(month: str, frequency: Frequency) -> None:
    period = period_of(month, frequency)
    assert frequency_of(period) == frequency
    assert period_start(period) <= date.fromisoformat(f"{month}-01") <= period_end(period)


@given(months, frequencies)
def test_periods_follow_one_another_without_gap(month: str, frequency: Frequency) -> None:
    period = period_of(month, frequency)
    after = period_of(add_months(last_month(period), 1), frequency)
    assert period_start(after) == period_end(period) + timedelta(days=1)
    assert after > period


@given(months, frequencies)
def test_the_period_of_record_has_ended_and_no_newer_one_has(month: str, frequency: Frequency) -> None:
    period = period_of_record(month, frequency)
    after = period_of(add_months(last_month(period), 1), frequency)
    assert last_month(period) <= month < last_month(after)


@given(months, st.integers(0, 60), frequencies)
def test_periods_between_end_in_the_range(month: str, steps: int, frequency: Frequency) -> None:
    last = add_months(month, steps)
    found = periods_between(month, last, frequency)
    assert all(month <= last_month(period) <= last for period in found)
    assert found == sorted(set(found))
    expected = {one for one in month_range(month, last) if last_month(period_of(one, frequency)) == one}
    assert {last_month(period) for period in found} == expected
