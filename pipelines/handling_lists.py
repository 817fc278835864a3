"""Warnings and their handling side by side, to be listed or shown: what is said of them, and how far they are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from data_contracts.working_days import is_listed
from metrics.read_layer import EVERYTHING, read_latest_warnings, read_meta
from metrics.snapshot import open_snapshot
from metrics.warning_definitions import TIER_RANKS, TIER_TITLES, TIERS
from pipelines.handling import (
    URGENCY_TITLES,
    Handling,
    HandlingStep,
    read_handling,
    read_steps,
    state_title,
    step_title,
)
from pipelines.handling_checks import Actor, HandlingError, HandlingRefused, allowed_step, stand_at
from pipelines.handling_steps import load_handling_steps
from pipelines.home import Home
from pipelines.snapshots import current_snapshot_id, snapshot_path

_URGENT_FIRST = ("overdue", "due_soon", "in_time", "none")


@dataclass(frozen=True)
class WorkedWarning:
    """One warning with its handling. `is_standing`: whether it stands in the newest month of the current snapshot."""

    warning: Mapping[str, Any]
    handling: Handling
    is_standing: bool
    today: date
    steps: tuple[HandlingStep, ...] = ()

    def to_row(self) -> tuple[str, ...]:
        """Cells of one line of the list."""
        handling = self.handling
        title = str(self.warning.get("title", "（已不在当前快照中）"))
        return (
            handling.warning_id,
            _told_tier(handling),
            str(self.warning.get("short_name") or handling.division_code),
            title if self.is_standing else f"{title}（本期未再出现）",
            state_title(handling.state),
            str(handling.number),
            str(handling.due_on or ""),
            URGENCY_TITLES[handling.urgency(self.today)],
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        handling = self.handling
        return {
            "warning_id": handling.warning_id, "rule": handling.rule, "tier": handling.tier,
            "raised_to": handling.raised_to,
            "division_code": handling.division_code, "title": self.warning.get("title"),
            "message": self.warning.get("message"), "measure": self.warning.get("measure"),
            "is_standing": self.is_standing, "state": handling.state, "number": handling.number,
            "due_on": handling.due_on, "urgency": handling.urgency(self.today),
            "asked_until": handling.asked_until, "escalations": handling.escalations,
            "steps": [_step_dict(step) for step in self.steps],
        }  # fmt: skip

    def to_text(self) -> str:
        """What it is and how far it is, step by step, in Chinese."""
        lines = [
            f"{self.handling.warning_id}　{_told_tier(self.handling)}　{self.warning.get('title', '')}",
            str(self.warning.get("message", "（已不在当前快照中）")),
            f"建议措施：{self.warning.get('measure', '')}",
            told_standing(self.handling, self.today),
            *(_step_text(step) for step in self.steps),
        ]
        return "\n".join(line for line in lines if line)


def list_worked(
    home: Home, *, division: str | None = None, tier: str | None = None, state: str | None = None,
    overdue: bool = False, today: date | None = None,
) -> list[WorkedWarning]:  # fmt: skip
    """Warnings that stand in the newest month, and those whose handling is not finished; the most urgent first.

    Raises:
        HandlingError: an unknown tier or state.
    """
    machine, day = load_handling_steps(), today or date.today()
    for given, known in ((tier, TIERS), (state, machine.states)):
        if given is not None and given not in known:
            raise HandlingError(f"没有“{given}”，可用的有 {'、'.join(known)}")
    found = [
        one for one in _all(home, day)
        if division in (None, one.handling.division_code) and tier in (None, one.handling.standing_tier)
        and state in (None, one.handling.state) and (not overdue or one.handling.urgency(day) == "overdue")
    ]  # fmt: skip
    return sorted(found, key=lambda one: _order(one.handling, day))


def describe_warning(home: Home, warning_id: str, today: date | None = None) -> WorkedWarning:
    """One warning with every step, the refused ones too.

    Raises:
        HandlingError: neither the current snapshot nor the ledger knows it.
    """
    day = today or date.today()
    found = [one for one in _all(home, day, [warning_id]) if one.handling.warning_id == warning_id]
    if not found:
        raise HandlingError(f"当前快照和台账里都没有预警 {warning_id}；编号应如 W-202608-3f9a1c07")
    one = found[0]
    return WorkedWarning(one.warning, one.handling, one.is_standing, day, tuple(read_steps(home, [warning_id])))


@dataclass(frozen=True)
class NextStep:
    """A step that may come next: `action` and `title`, what it `requires`, and why this actor may not take it."""

    action: str
    title: str
    requires: tuple[str, ...]
    refusal: str | None


def next_steps(handling: Handling, actor: Actor | None, today: date) -> list[NextStep]:
    """Steps that state and tier leave open, each as it would be refused (or not) to an actor who has seen them all.

    Args:
        actor: None for who has no role in handling: then every step is refused.
    """
    machine = load_handling_steps()
    found = []
    for step in machine.open_steps(handling.state, handling.standing_tier):
        if "raised" in step.requires and handling.raised_to is None:
            continue
        refusal: str | None = "本账号没有办理岗位，只能查看"
        if actor is not None:
            try:
                allowed_step(machine, handling, step, step.action, actor, handling.number, today)
                refusal = None
            except HandlingRefused as error:
                refusal = str(error)
        found.append(NextStep(step.action, step.title, step.requires, refusal))
    return found


def told_standing(handling: Handling, today: date | None = None) -> str:
    """Where a warning stands, in one line."""
    day = today or date.today()
    parts = [f"{handling.warning_id}：{state_title(handling.state)}（第 {handling.number} 步）"]
    if handling.due_on and not handling.is_final:
        reckoned = "" if is_listed(handling.due_on) else f"，{handling.due_on.year} 年放假安排尚未录入，按周末推算"
        parts.append(f"时限 {handling.due_on}（{URGENCY_TITLES[handling.urgency(day)]}{reckoned}）")
    if handling.asked_until:
        parts.append(f"已申请延期到 {handling.asked_until}，待答复")
    if handling.escalations:
        parts.append(f"已升级 {handling.escalations} 次")
    return "，".join(parts) + "。"


def _told_tier(handling: Handling) -> str:
    """The tier that the bureau was told, and the one that waits for a signature."""
    rise = f"（升为{TIER_TITLES[handling.raised_to]}，待签发）" if handling.raised_to else ""
    return f"{TIER_TITLES[handling.tier]}{rise}"


def _all(home: Home, today: date, warning_ids: list[str] | None = None) -> Iterator[WorkedWarning]:
    """Every warning to be listed; where ids are named, those only, whether they stand or are finished or not."""
    handled = read_handling(home, warning_ids)
    warnings, newest = _latest(home, warning_ids)
    for warning_id in dict.fromkeys([*warnings, *handled]):
        known, worked = warnings.get(warning_id), handled.get(warning_id)
        is_standing = known is not None and known["period"] == newest
        if known is not None:
            first = Handling(warning_id, known["rule"], known["tier"], known["division_code"],
                             due_on=known["respond_by"].date())  # fmt: skip
            worked = first if worked is None else stand_at(worked, known["tier"])
            worked = replace(worked, division_code=known["division_code"])  # a merged division's pass to its successor
        assert worked is not None
        if is_standing or warning_ids is not None or (worked.number and not worked.is_final):
            yield WorkedWarning(known or {}, worked, is_standing, today)


def _order(handling: Handling, day: date) -> tuple[int, int, str]:
    return _URGENT_FIRST.index(handling.urgency(day)), -TIER_RANKS[handling.standing_tier], handling.warning_id


def _latest(home: Home, warning_ids: list[str] | None) -> tuple[dict[str, Mapping[str, Any]], str | None]:
    current = current_snapshot_id(home)
    if current is None:
        return {}, None
    connection = open_snapshot(snapshot_path(home, current))
    try:
        rows = read_latest_warnings(connection, EVERYTHING, warning_ids=warning_ids).to_dict("records")
        newest = read_meta(connection)["period"]
    finally:
        connection.close()
    return {row["warning_id"]: {str(name): value for name, value in row.items()} for row in rows}, newest


def _step_text(step: HandlingStep) -> str:
    role = load_handling_steps().roles[step.role].title
    who = f"{step.at:%Y-%m-%d %H:%M} {step.actor}（{role}，{step.acting_for}）"
    if step.refusal is not None:
        return f"  被拒 {who} 要{step_title(step.step)}：{step.detail.get('told', step.refusal)}"
    more = [f"附件 {step.attachment_sha256[:16]}…"] if step.attachment_sha256 else []
    if notice := step.detail.get("notice"):
        more.append(f"通知 {'、'.join(notice)}")
    if reason := step.detail.get("reason_code"):
        more.append(f"原因 {load_handling_steps().reasons.get(reason, reason)}")
    if until := step.detail.get("until"):
        more.append(f"延到 {until}")
    tail = f"（{'，'.join(more)}）" if more else ""
    return f"  第 {step.number} 步 {who} {step_title(step.step)}：{step.note}{tail}"


def _step_dict(step: HandlingStep) -> dict[str, Any]:
    names = ("number", "step", "action", "from_state", "to_state", "actor", "role", "acting_for", "at", "note",
             "attachment_sha256", "due_on", "seen", "refusal", "detail", "hash")  # fmt: skip
    return {name: getattr(step, name) for name in names}
