"""What happened, as the ledger keeps it: one event for each thing, in the order in which it happened, never changed.

A filing counts, a period is open, a correction holds because of events and nothing else; so what was known on a day is
answered by the events up to that day.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from pipelines.faults import IntakeError
from pipelines.guard import forbidden_kind

EventKind = Literal[
    "filed",
    "refiled",
    "late",
    "withdrawn",
    "corrected",
    "correction_revoked",
    "period_opened",
    "period_locked",
    "period_unlocked",
    "reminded",
]
EVENT_TITLES: dict[EventKind, str] = {
    "filed": "报送",
    "refiled": "再次报送",
    "late": "迟报",
    "withdrawn": "撤回",
    "corrected": "更正",
    "correction_revoked": "撤销更正",
    "period_opened": "提前开放",
    "period_locked": "锁定",
    "period_unlocked": "解锁",
    "reminded": "催报",
}
# Who acts is a role or an account, never a person's name (no natural persons in this system). The account of the
# operating system is often a name, so it is not asked.
DEFAULT_ACTOR = "自治区局"
SYSTEM_ACTOR = "系统"
_ACTOR = re.compile(r"[\w·.@（）()-]{1,40}")
_LONG_NUMBER = re.compile(r"\d{11}")
LONGEST_REASON = 500
SHORTEST_REASON = 4

Place = tuple[str, str, str]  # contract, division_code, period


class EventError(IntakeError):
    """An event that cannot be entered; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of `events`. `at` is when it happened; `event_id` is given by the ledger and orders what it knows."""

    at: datetime
    kind: EventKind
    actor: str = DEFAULT_ACTOR
    reason: str = ""
    filing_id: str | None = None
    contract: str | None = None
    division_code: str | None = None
    period: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    event_id: int | None = None


def checked_actor(actor: str | None) -> str:
    """The actor to enter: a role or an account.

    Raises:
        EventError: not of that form, or with a number as long as a telephone's.
    """
    name = (actor or "").strip() or DEFAULT_ACTOR
    if not _ACTOR.fullmatch(name) or _LONG_NUMBER.search(name):
        raise EventError(
            f"经办“{name}”应是岗位或账号（40 字以内，不含空格和长号码），如 自治区局、收报岗；不写个人姓名和电话"
        )
    return name


def checked_reason(reason: str | None) -> str:
    """The reason to enter.

    Raises:
        EventError: too short to be one, too long, or with what the system must not hold.
    """
    text = " ".join((reason or "").split())
    if len(text) < SHORTEST_REASON:
        raise EventError(f"请用 --reason 写明原因（至少 {SHORTEST_REASON} 个字），它将留在台账上")
    if len(text) > LONGEST_REASON:
        raise EventError(f"原因有 {len(text)} 字，请压缩到 {LONGEST_REASON} 字以内")
    if forbidden_kind(text):
        raise EventError("原因中出现密级标志、身份证号码或手机号码；本系统不存这些内容，请改写")
    return text


def filing_events(
    records: Iterable[Any],
    due_on: Callable[[str, str], date],
    has_accepted: Callable[[Place], bool],
    actor: str,
) -> Iterator[Event]:
    """The events of filings that an intake enters: each is filed or filed again, and the first taken may be late.

    Args:
        records: :class:`pipelines.ledger.FilingRecord`, in the order of receipt.
        due_on: due day by contract and period.
        has_accepted: whether the ledger already had an accepted filing of a place.
        actor: who took them in.
    """
    accepted_now: set[Place] = set()
    for record in records:
        place = {
            "filing_id": record.filing_id,
            "contract": record.contract,
            "division_code": record.division_code,
            "period": record.period,
        }
        kind: EventKind = "refiled" if (record.attempt or 1) > 1 else "filed"
        detail = {"receipt_no": record.receipt_no, "status": record.status}
        yield Event(at=record.received_at, kind=kind, actor=actor, detail=detail, **place)
        if not record.status.startswith("accepted"):
            continue
        key = (record.contract, record.division_code, record.period)
        due = due_on(record.contract, record.period)
        is_first = key not in accepted_now and (record.attempt == 1 or not has_accepted(key))
        if is_first and record.received_at.date() > due:
            days = (record.received_at.date() - due).days
            late = {"due_on": due.isoformat(), "days_late": days}
            yield Event(at=record.received_at, kind="late", actor=SYSTEM_ACTOR, detail=late, **place)
        accepted_now.add(key)


def withdrawals(events: Sequence[Event]) -> dict[str, datetime]:
    """When each withdrawn filing was withdrawn, by filing id."""
    return {str(event.filing_id): event.at for event in events if event.kind == "withdrawn"}
