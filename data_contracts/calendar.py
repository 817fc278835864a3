"""When a filing may come and when it is due; `calendar.yaml` holds the periods whose day was put off."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from data_contracts.contract import Contract
from data_contracts.errors import MendableError
from data_contracts.periods import frequency_of, period_end
from data_contracts.yaml_files import read_yaml

CALENDAR_PATH = Path(__file__).parent / "calendar.yaml"
# A clerk may file in the last days of the period itself, once the figures are known.
OPENS_DAYS_BEFORE_END = 5
_KEYS = {"period", "contract", "due_on", "reason", "source"}
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class CalendarError(MendableError):
    """`calendar.yaml` cannot be used; the text names file and entry, in Chinese."""


@dataclass(frozen=True)
class Extension:
    """A due day that was put off, for one contract or for all that have such a period."""

    period: str
    contract: str | None
    due_on: date
    reason: str
    source: str


def opens_on(period: str) -> date:
    """First day on which a filing for the period is taken."""
    return period_end(period) - timedelta(days=OPENS_DAYS_BEFORE_END)


def due_on(contract: Contract, period: str, path: Path | None = None) -> date:
    """Last day on which a filing for the period is on time.

    Raises:
        CalendarError: the calendar cannot be used.
    """
    usual = period_end(period) + timedelta(days=contract.due_days)
    found = extension_of(contract, period, path)
    if found is None:
        return usual
    if found.due_on <= usual:
        place = f"{path or CALENDAR_PATH}：{period}《{contract.title}》"
        raise CalendarError(f"{place}延期到 {found.due_on}，不晚于原期限 {usual}")
    return found.due_on


def extension_of(contract: Contract, period: str, path: Path | None = None) -> Extension | None:
    """The extension that holds for a contract's period: its own before the one for all."""
    place = path or CALENDAR_PATH
    extensions = _load(place, place.stat().st_mtime_ns)
    return extensions.get((period, contract.contract)) or extensions.get((period, None))


@cache
def _load(path: Path, _changed: int) -> Mapping[tuple[str, str | None], Extension]:
    found: dict[tuple[str, str | None], Extension] = {}
    try:
        entries = (read_yaml(path) or {}).get("extensions") or []
    except (yaml.YAMLError, AttributeError) as error:
        raise CalendarError(f"{path}：不是有效的收报日历：{error}") from error
    for number, entry in enumerate(entries, start=1):
        extension = _extension(entry, f"{path}：extensions 第 {number} 条")
        if (key := (extension.period, extension.contract)) in found:
            raise CalendarError(f"{path}：extensions 第 {number} 条：{extension.period} 已写过一条")
        found[key] = extension
    return found


def _extension(entry: Any, place: str) -> Extension:
    if not isinstance(entry, dict) or not _KEYS - {"contract"} <= entry.keys() <= _KEYS:
        raise CalendarError(f"{place}：应有 period、due_on、reason、source，可有 contract")
    period, due, contract = str(entry["period"]), str(entry["due_on"]), entry.get("contract")
    try:
        frequency_of(period)
        day = date.fromisoformat(due) if _ISO_DAY.fullmatch(due) else None
    except ValueError as error:
        raise CalendarError(f"{place}：{error}") from error
    if day is None:
        raise CalendarError(f"{place}：due_on“{due}”应写成 2027-02-18 的样子")
    if not str(entry["reason"] or "").strip() or not str(entry["source"] or "").strip():
        raise CalendarError(f"{place}：reason 和 source 不能为空")
    return Extension(period, contract, day, str(entry["reason"]), str(entry["source"]))
