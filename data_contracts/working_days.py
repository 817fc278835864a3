"""Working days, by which the clocks of handling run: weekdays, less holidays, plus weekends that are worked.

`working_days.yaml` is edited once a year after the State Council's notice. A year that is not in it is reckoned by
weekdays alone, and :func:`is_listed` says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from data_contracts.calendar import CalendarError

WORKING_DAYS_PATH = Path(__file__).parent / "working_days.yaml"
_KEYS = {"year", "source", "holidays", "workdays"}
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})(?:/(\d{4}-\d{2}-\d{2}))?")
_YEAR = re.compile(r"\d{4}")
_SATURDAY = 5


@dataclass(frozen=True)
class _Calendar:
    years: frozenset[int]
    holidays: frozenset[date]
    workdays: frozenset[date]


def is_working_day(day: date, path: Path | None = None) -> bool:
    """Whether offices work on a day.

    Raises:
        CalendarError: the calendar cannot be used.
    """
    calendar = _calendar(path)
    return day in calendar.workdays or (day.weekday() < _SATURDAY and day not in calendar.holidays)


def is_listed(day: date, path: Path | None = None) -> bool:
    """Whether the holidays of a day's year are known; if not, its working days are reckoned by weekdays alone."""
    return day.year in _calendar(path).years


def add_working_days(start: date, count: int, path: Path | None = None) -> date:
    """The last of `count` working days after `start`, which itself does not count (民法典第201条); 0 gives `start`.

    Raises:
        ValueError: a negative count.
        CalendarError: the calendar cannot be used.
    """
    if count < 0:
        raise ValueError(f"工作日数不能为负：{count}")
    day = start
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, path)
    return day


def working_days_between(start: date, end: date, path: Path | None = None) -> int:
    """Working days after `start` up to and with `end`; negative where `end` is before `start`.

    Raises:
        CalendarError: the calendar cannot be used.
    """
    if end < start:
        return -working_days_between(end, start, path)
    return sum(is_working_day(start + timedelta(days=n), path) for n in range(1, (end - start).days + 1))


def _calendar(path: Path | None) -> _Calendar:
    place = path or WORKING_DAYS_PATH
    return _load(place, place.stat().st_mtime_ns)


@cache
def _load(path: Path, _changed: int) -> _Calendar:
    try:
        # every scalar as text: a day that does not exist is ours to tell, with its place
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["years"]
    except (yaml.YAMLError, TypeError, KeyError) as error:
        raise CalendarError(f"{path}：不是有效的工作日历：{error}") from error
    years: set[int] = set()
    holidays: set[date] = set()
    workdays: set[date] = set()
    for number, entry in enumerate(entries or [], start=1):
        place = f"{path}：years 第 {number} 条"
        if not isinstance(entry, dict) or entry.keys() != _KEYS or not _YEAR.fullmatch(entry["year"]):
            raise CalendarError(f"{place}：应有 {'、'.join(sorted(_KEYS))}，year 写年份")
        if int(entry["year"]) in years:
            raise CalendarError(f"{place}：{entry['year']} 年已写过一条")
        years.add(int(entry["year"]))
        free, worked = (set(_days(entry, name, place)) for name in ("holidays", "workdays"))
        _check(free, worked, place)
        holidays |= free
        workdays |= worked
    return _Calendar(frozenset(years), frozenset(holidays), frozenset(workdays))


def _days(entry: dict[str, Any], name: str, place: str) -> Iterator[date]:
    for written in entry[name] or []:
        match = _DAYS.fullmatch(str(written))
        try:
            first, last = (date.fromisoformat(text) if text else None for text in _ends(match))
        except ValueError:
            first = last = None
        if first is None or last is None or last < first or {first.year, last.year} != {int(entry["year"])}:
            form = f"{entry['year']}-01-01"
            raise CalendarError(f"{place}：{name} 的“{written}”应写成 {form} 或 {form}/{entry['year']}-01-03")
        yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def _ends(match: re.Match[str] | None) -> tuple[str | None, str | None]:
    return (match[1], match[2] or match[1]) if match else (None, None)


def _check(holidays: set[date], workdays: set[date], place: str) -> None:
    for day in sorted(workdays):
        if day.weekday() < _SATURDAY:
            raise CalendarError(f"{place}：workdays 的 {day} 本来就不是周末")
        if day in holidays:
            raise CalendarError(f"{place}：{day} 既写了放假又写了上班")
