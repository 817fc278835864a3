"""How far warnings are worked: state, clock and urgency beside each, and one warning's steps with what may come next.

Tier and urgency are two things: the one says how grave a matter is, the other how long there is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dashboard.frames import Record, records
from dashboard.stand import Stand
from pipelines.handling import Handling, HandlingStep, read_handling, read_steps
from pipelines.handling_checks import stand_at
from pipelines.handling_lists import NextStep, next_steps


@dataclass(frozen=True)
class Attempt:
    """A step that was just tried in the drawer: whether it was taken, what to say, and the words to keep if not."""

    is_taken: bool
    words: str
    note: str = ""
    happened: tuple[str, ...] = ()


@dataclass(frozen=True)
class Work:
    """One warning's handling: every step in its order, the refused ones too, and what may come next.

    `today` is the day that its clock is reckoned to; `closed_because` says why nothing can be done from here.
    """

    handling: Handling
    steps: tuple[HandlingStep, ...]
    openings: tuple[NextStep, ...]
    today: date
    closed_because: str | None


def with_handling(stand: Stand, warnings: pd.DataFrame) -> pd.DataFrame:
    """The warnings with `state`, `due_on`, `urgency`, `reckoned_on`, `number` and `asked_until` of their handling."""
    worked = read_handling(stand.home)
    listed = records(warnings[["warning_id", "rule", "tier", "division_code", "respond_by", "is_cleared"]])
    found = [_standing(worked, warning) for warning in listed]
    days = [_day(stand, handling) for handling in found]
    urgency = [
        "none" if warning["is_cleared"] and not handling.number else handling.urgency(day)
        for warning, handling, day in zip(listed, found, days, strict=True)
    ]
    return warnings.assign(
        state=[handling.state for handling in found],
        number=[handling.number for handling in found],
        due_on=pd.Series([handling.due_on for handling in found], index=warnings.index, dtype=object),
        asked_until=pd.Series([handling.asked_until for handling in found], index=warnings.index, dtype=object),
        reckoned_on=pd.Series(days, index=warnings.index, dtype=object),
        urgency=urgency,
    )


def unfinished_ids(stand: Stand, standing: Sequence[str]) -> list[str]:
    """Warnings that are being worked though they do not stand any more."""
    left = set(standing)
    return [one for one, handling in read_handling(stand.home).items() if one not in left and not handling.is_final]


def gather_work(stand: Stand, warning: Record) -> Work:
    """The handling of one warning; `warning` in the last month in which it stood."""
    warning_id = str(warning["warning_id"])
    handling = _standing(read_handling(stand.home, [warning_id]), warning)
    day = _day(stand, handling)
    return Work(
        handling,
        tuple(read_steps(stand.home, [warning_id])),
        tuple(next_steps(handling, stand.reader.actor(handling.division_code), day)),
        day,
        "正在固定查看一个版本，办理请回到当前发布版。" if stand.view.snapshot else None,
    )


def _standing(worked: dict[str, Handling], warning: Record) -> Handling:
    handling = worked.get(warning["warning_id"])
    if handling is not None:
        return stand_at(handling, str(warning["tier"]))
    due = None if warning["respond_by"] is None else pd.Timestamp(warning["respond_by"]).date()
    return Handling(warning["warning_id"], warning["rule"], warning["tier"], warning["division_code"], due_on=due)


def _day(stand: Stand, handling: Handling) -> date:
    """A clock that somebody started runs by the real calendar; before that, by the day that the page is reckoned to."""
    return max(date.today(), stand.today) if handling.number else stand.today
