"""The handling of a warning: 发布, 签收, 处置, 反馈, 核查, 销号, and what comes between; for commands and pages.

What may follow what is data (`handling_steps.yaml`); what was done is the ledger's (`handling_ledger.py`). A step names
the step that its actor had seen: if somebody was quicker, nothing is overwritten and the second is told what happened
meanwhile. A step out of order, by the wrong role or outside one's scope is refused, and the refusal is kept too.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from data_contracts.working_days import add_working_days
from metrics.read_layer import EVERYTHING, read_latest_warnings
from metrics.snapshot import open_snapshot
from pipelines.events import checked_reason
from pipelines.handling_checks import (
    REGION,
    SYSTEM,
    URGENCY_TITLES,
    Actor,
    Handling,
    HandlingError,
    HandlingRefused,
    Urgency,
    allowed_step,
    checked,
    require_given,
    stand_at,
    state_title,
    step_title,
    superiors,
)
from pipelines.handling_ledger import (
    ChainFault,
    HandlingStep,
    chain_head,
    open_handling,
    read_steps,
    verify_chain,
)
from pipelines.handling_steps import SAME, Machine, Step, load_handling_steps
from pipelines.home import Home
from pipelines.snapshots import current_snapshot_id, snapshot_path
from pipelines.steady_clock import steady_now

__all__ = [
    "SYSTEM", "URGENCY_TITLES", "Actor", "ChainFault", "Handling", "HandlingError", "HandlingRefused", "HandlingStep",
    "Urgency", "chain_head", "escalate_overdue", "handling_of", "hash_attachment", "notices_of", "read_handling",
    "read_steps", "state_title", "step_title", "take_step", "verify_chain",
]  # fmt: skip


def read_handling(home: Home, warning_ids: Sequence[str] | None = None) -> dict[str, Handling]:
    """Where each warning that was ever worked stands (or those named), by id; its tier as of the last step."""
    taken: dict[str, list[HandlingStep]] = {}
    for step in read_steps(home, warning_ids):
        if step.number is not None:
            taken.setdefault(step.warning_id, []).append(step)
    return {warning_id: _standing(steps) for warning_id, steps in taken.items()}


def handling_of(home: Home, warning_id: str) -> Handling:
    """Where one warning stands, with tier and first deadline from the current snapshot where it is there.

    Raises:
        HandlingError: neither the current snapshot nor the ledger knows it.
    """
    known, worked = _known(home, [warning_id]), read_handling(home, [warning_id])
    return _with_snapshot(known.get(warning_id), worked.get(warning_id), warning_id)


def take_step(
    home: Home,
    warning_id: str,
    action: str,
    *,
    actor: Actor,
    seen: int,
    note: str | None,
    attachment_sha256: str | None = None,
    until: date | None = None,
    reason_code: str | None = None,
    now: datetime | None = None,
) -> Handling:
    """Take one step and give back where the warning stands then.

    Args:
        action: what is wished (`issue`, `acknowledge`, …, see `handling_steps.yaml`); state and tier say by which step.
        seen: number of the step that the actor had before them, 0 before the first.
        note: what was done or why; at least four characters.
        attachment_sha256: hash of a document that stays with the bureau, see :func:`hash_attachment`.
        until: for an extension asked for, the day that is asked for.
        reason_code: for a false alarm, one of the reasons in `handling_steps.yaml`.

    Raises:
        HandlingRefused: out of order, stale, by the wrong role or actor, or outside the scope; the refusal is entered.
        HandlingError: unknown warning, role or action, or something needed is missing or malformed.
        EventError: actor or note not usable.
    """
    machine, moment = load_handling_steps(), (now or steady_now(home)).replace(microsecond=0)
    actor, words = checked(machine, actor, action, attachment_sha256), checked_reason(note)
    known = _known(home, [warning_id]).get(warning_id)
    refused: HandlingRefused | None = None
    with open_handling(home) as ledger:
        steps = ledger.steps_of(warning_id)
        before = _with_snapshot(known, _standing(steps) if steps else None, warning_id)
        step = machine.find(action, before.state, before.standing_tier)
        if step is not None and "proposed" in step.requires:  # from here on in the new tier, and by its clock
            before = replace(before, tier=before.standing_tier)
        row = HandlingStep(
            warning_id=warning_id, number=None, step=step.step if step else action, action=action,
            from_state=before.state, to_state=before.state, tier=before.tier, rule=before.rule,
            division_code=before.division_code, actor=actor.account, role=actor.role, acting_for=actor.division_code,
            at=moment, note=words, attachment_sha256=attachment_sha256, due_on=before.due_on, seen=seen,
        )  # fmt: skip
        try:
            allowed = allowed_step(machine, before, step, action, actor, seen, moment.date())
        except HandlingRefused as error:
            refused = error
            ledger.append(replace(row, refusal=error.code, detail={"told": str(error)}))
        else:
            require_given(allowed, before, until, reason_code, machine, moment.date())
            row = _taken(machine, row, allowed, before, until, reason_code)
            row = ledger.append(row)
    if refused is not None:  # raised only now: inside, it would roll back what was just entered
        raise refused
    return stand_at(_standing([*before.steps, row]), before.standing_tier)


def escalate_overdue(home: Home, *, now: datetime | None = None) -> list[Handling]:
    """Escalate every warning whose clock has run out, once each: the clock starts anew with it. Gives back those."""
    moment = now or datetime.now()
    done = []
    for warning_id, handling in read_handling(home).items():
        if handling.urgency(moment.date()) == "overdue":
            words = f"{state_title(handling.state)}时限 {handling.due_on} 已过，自动升级"
            seen = handling.number
            with suppress(HandlingRefused):  # somebody acted just now: then there is nothing to escalate
                done.append(take_step(home, warning_id, "escalate", actor=SYSTEM, seen=seen, note=words, now=moment))
    return done


def hash_attachment(path: Path) -> str:
    """SHA-256 of a document; only this goes into the ledger, never the document or its name.

    Raises:
        HandlingError: it cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise HandlingError(f"附件 {path} 无法读取：{error.strerror}") from error


def notices_of(home: Home, division_code: str) -> list[HandlingStep]:
    """Steps of which a division's bureau was given notice, in their order."""
    return [step for step in read_steps(home) if step.number and division_code in step.detail.get("notice", ())]


# ------------------------------------------------------------------------------------------------ where it stands


def _known(home: Home, warning_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """What the current snapshot says of warnings, each in the last month in which it stood."""
    current = current_snapshot_id(home)
    if current is None:
        return {}
    connection = open_snapshot(snapshot_path(home, current))
    try:
        rows = read_latest_warnings(connection, EVERYTHING, warning_ids=list(warning_ids)).to_dict("records")
    finally:
        connection.close()
    return {row["warning_id"]: {str(name): value for name, value in row.items()} for row in rows}


def _with_snapshot(known: Mapping[str, Any] | None, handling: Handling | None, warning_id: str) -> Handling:
    if known is None and handling is None:
        raise HandlingError(f"当前快照和台账里都没有预警 {warning_id}；编号应如 W-202608-3f9a1c07")
    if known is None:
        assert handling is not None
        return handling
    if handling is not None:
        return replace(stand_at(handling, known["tier"]), division_code=known["division_code"])
    return Handling(warning_id, known["rule"], known["tier"], known["division_code"], due_on=known["respond_by"].date())


def _standing(steps: Sequence[HandlingStep]) -> Handling:
    """Where taken steps of one warning leave it."""
    machine, last = load_handling_steps(), steps[-1]
    effects = {step.step: step.effect for step in machine.steps}
    asked: date | None = None
    for step in steps:
        effect = effects.get(step.step)
        if effect == "asks":
            asked = date.fromisoformat(step.detail["until"])
        elif effect in ("grants", "denies") or step.to_state != step.from_state:
            asked = None
    return Handling(
        last.warning_id, last.rule, last.tier, last.division_code, last.number or 0, last.to_state, last.due_on, asked,
        sum(step.action == "escalate" for step in steps), tuple(steps),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ what is entered


def _taken(machine: Machine, row: HandlingStep, step: Step, before: Handling, until: date | None,
           reason: str | None) -> HandlingStep:  # fmt: skip
    state = before.state if step.to == SAME else step.to
    clock = machine.states[state].clock.get(before.tier)
    due = before.due_on
    if step.effect == "grants":
        due = before.asked_until
    elif step.effect == "restart" or step.to != SAME:
        due = None if clock is None else add_working_days(row.at.date(), clock)
    detail: dict[str, Any] = {"notice": _notified(step, before.division_code)} if step.notice else {}
    if "until" in step.requires and until is not None:
        detail["until"] = until.isoformat()
    if "reason_code" in step.requires:
        detail["reason_code"] = reason
    return replace(row, number=before.number + 1, to_state=state, due_on=due, detail=detail)


def _notified(step: Step, division: str) -> list[str]:
    """Divisions whose bureaus get notice: the warning's own, the next above, the region's."""
    places = {"bureau": division, "superior": next(superiors(division), REGION), "region": REGION}
    return list(dict.fromkeys(places[one] for one in step.notice))
