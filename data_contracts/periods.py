"""Reporting periods as text: `2026-10` (month), `2026Q4` (quarter), `2026` (year).

Text sorts in time order within one frequency, reads well in a URL, and joins without conversion.
"""

import re
from datetime import date, timedelta

from data_contracts.contract import Frequency

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"[0-9]{4}Q[1-4]")
_YEAR = re.compile(r"[0-9]{4}")
_MONTHS_IN: dict[Frequency, int] = {"month": 1, "quarter": 3, "year": 12}


def frequency_of(period: str) -> Frequency:
    """Frequency that a period's form tells; ValueError (in Chinese) if it has none of the three forms."""
    if _MONTH.fullmatch(period):
        return "month"
    if _QUARTER.fullmatch(period):
        return "quarter"
    if _YEAR.fullmatch(period):
        return "year"
    raise ValueError(f"报告期“{period}”写法不对：月报写 2026-10，季报写 2026Q4，年报写 2026")


def last_month(period: str) -> str:
    """The month in which a period ends: `2026Q3` → `2026-09`."""
    frequency = frequency_of(period)
    if frequency == "month":
        return period
    if frequency == "quarter":
        return f"{period[:4]}-{int(period[5]) * 3:02d}"
    return f"{period}-12"


def periods_ending(month: str) -> list[str]:
    """Periods whose last month this is: itself, in March its quarter as well, in December also its year."""
    number = int(month[5:])
    quarters = [f"{month[:4]}Q{number // 3}"] if number % 3 == 0 else []
    return [month, *quarters, *([month[:4]] if number == 12 else [])]


def add_months(month: str, count: int) -> str:
    """The month `count` months after `month` (before, if negative)."""
    index = int(month[:4]) * 12 + int(month[5:]) - 1 + count
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def month_range(first: str, last: str) -> list[str]:
    """Months from `first` to `last`, both included; empty if `first` is later."""
    months, month = [], first
    while month <= last:
        months.append(month)
        month = add_months(month, 1)
    return months


def period_start(period: str) -> date:
    """First day of a period."""
    month = add_months(last_month(period), 1 - _MONTHS_IN[frequency_of(period)])
    return date(int(month[:4]), int(month[5:]), 1)


def period_end(period: str) -> date:
    """Last day of a period."""
    month = add_months(last_month(period), 1)
    return date(int(month[:4]), int(month[5:]), 1) - timedelta(days=1)


def period_of(month: str, frequency: Frequency) -> str:
    """The period of a frequency that holds a month: (`2026-08`, quarter) → `2026Q3`."""
    if frequency == "month":
        return month
    if frequency == "quarter":
        return f"{month[:4]}Q{(int(month[5:]) + 2) // 3}"
    return month[:4]


def period_of_record(month: str, frequency: Frequency) -> str:
    """The newest period of a frequency that has ended by a month's end: (`2026-08`, quarter) → `2026Q2`."""
    period = period_of(month, frequency)
    return period if last_month(period) <= month else period_of(add_months(month, -_MONTHS_IN[frequency]), frequency)


def periods_between(first: str, last: str, frequency: Frequency) -> list[str]:
    """Periods of a frequency that end in the months `first` … `last`."""
    found = [period_of(month, frequency) for month in month_range(first, last)]
    return [
        period for period, month in zip(found, month_range(first, last), strict=True) if last_month(period) == month
    ]


def period_title(period: str) -> str:
    """Chinese title: 2026年10月, 2026年第4季度, 2026年."""
    frequency = frequency_of(period)
    if frequency == "month":
        return f"{period[:4]}年{int(period[5:])}月"
    if frequency == "quarter":
        return f"{period[:4]}年第{period[5]}季度"
    return f"{period}年"
