"""Who may take which step on a warning, and when: the checks of `handling.py`, and what a refusal says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Literal

from data_contracts.divisions import load_divisions
from data_contracts.working_days import working_days_between
from metrics.warning_definitions import TIER_RANKS, TIER_TITLES
from pipelines.events import EventError, checked_actor
from pipelines.handling_ledger import HandlingStep
from pipelines.handling_steps import FIRST_STATE, Machine, Reach, Step, load_handling_steps

REGION = "650000"
ISSUED, PROPOSE_RAISE, SIGN_RAISE = "issued", "propose_raise", "sign_raise"
Urgency = Literal["overdue", "due_soon", "in_time", "none"]
URGENCY_TITLES: dict[Urgency, str] = {"overdue": "已超时", "due_soon": "临期", "in_time": "期内", "none": "无时限"}
_SHA256 = re.compile(r"[0-9a-f]{64}")


class HandlingError(EventError):
    """A step that cannot be taken as it was asked for; the text says why, in Chinese."""


class HandlingRefused(HandlingError):
    """A step that was refused, and entered as such.

    `code`: stale, out_of_order, wrong_role, out_of_scope, same_actor, untimely. `happened`: for `stale`, the steps that
    were taken meanwhile.
    """

    def __init__(self, code: str, told: str, happened: Sequence[HandlingStep] = ()) -> None:
        super().__init__(told)
        self.code, self.happened = code, tuple(happened)


@dataclass(frozen=True)
class Actor:
    """Who acts: an account or post, never a person's name; its role; the division whose bureau it belongs to."""

    account: str
    role: str
    division_code: str = REGION


SYSTEM = Actor("系统", "system")


@dataclass(frozen=True)
class Handling:
    """Where a warning stands: `number` of its last step, state, until when the next is due, and all steps so far.

    The tier says how grave the matter is; the urgency how long there is left. They are two things. `tier` is the one
    that the bureau was told; `raised_to` a graver one in which the warning stands since and that nobody has signed yet.
    """

    warning_id: str
    rule: str
    tier: str
    division_code: str
    number: int = 0
    state: str = FIRST_STATE
    due_on: date | None = None
    asked_until: date | None = None
    escalations: int = 0
    steps: tuple[HandlingStep, ...] = ()
    raised_to: str | None = None

    @property
    def standing_tier(self) -> str:
        """The tier in which the warning stands, told to the bureau or not."""
        return self.raised_to or self.tier

    @property
    def issued(self) -> HandlingStep | None:
        """The step by which it last went to the bureau."""
        return next((step for step in reversed(self.steps) if step.to_state == ISSUED != step.from_state
                     or step.step == SIGN_RAISE), None)  # fmt: skip

    @property
    def is_raise_proposed(self) -> bool:
        """Whether the rise waits for a signature only."""
        since = self.issued.number or 0 if self.issued else 0
        return any(step.step == PROPOSE_RAISE and (step.number or 0) > since for step in self.steps)

    @property
    def is_final(self) -> bool:
        """Whether nothing more is to be done."""
        return load_handling_steps().states[self.state].is_final

    def urgency(self, today: date) -> Urgency:
        """How long there is left: overdue the day after the last day, due soon in the last two working days."""
        if self.due_on is None or self.is_final:
            return "none"
        if today > self.due_on:
            return "overdue"
        left = working_days_between(today, self.due_on)
        return "due_soon" if left <= load_handling_steps().due_soon_days else "in_time"


def stand_at(handling: Handling, tier: str) -> Handling:
    """The same, standing in a tier: at once where it may be told so, else as a rise that waits to be signed."""
    issued = handling.issued
    is_unsigned = (
        issued is not None and not handling.is_final and TIER_RANKS[tier] > TIER_RANKS[issued.tier]
        and tier in load_handling_steps().signed_tiers
    )  # fmt: skip
    if not is_unsigned:
        return replace(handling, tier=tier, raised_to=None)
    assert issued is not None
    told = handling.tier if TIER_RANKS[handling.tier] < TIER_RANKS[tier] else issued.tier
    return replace(handling, tier=told, raised_to=tier)


def state_title(state: str) -> str:
    """Chinese title of a state."""
    return load_handling_steps().states[state].title


def step_title(step: str) -> str:
    """Chinese title of a step (or of the action that was refused)."""
    steps = load_handling_steps().steps
    titles = {one.action: one.title for one in reversed(steps)} | {one.step: one.title for one in steps}
    return titles.get(step, step)


def checked(machine: Machine, actor: Actor, action: str, attachment: str | None) -> Actor:
    """The actor, once it and what it asks for are known to be well-formed.

    Raises:
        HandlingError, EventError: an unknown action, role or division, a malformed account or hash.
    """
    if action not in machine.actions:
        raise HandlingError(f"没有“{action}”这一步，可用的有 {'、'.join(machine.actions)}")
    if actor.role not in machine.roles:
        raise HandlingError(f"没有岗位“{actor.role}”，可用的有 {'、'.join(machine.roles)}")
    if actor.division_code not in set(load_divisions()["division_code"]):
        raise HandlingError(f"没有区划“{actor.division_code}”")
    if attachment is not None and not _SHA256.fullmatch(attachment):
        raise HandlingError(f"附件校验值“{attachment}”应是 64 位十六进制（SHA-256）")
    return replace(actor, account=checked_actor(actor.account))


def allowed_step(machine: Machine, before: Handling, step: Step | None, action: str, actor: Actor, seen: int,
                 today: date) -> Step:  # fmt: skip
    """The step, if it may be taken.

    Raises:
        HandlingRefused: it may not.
    """
    role = machine.roles[actor.role]
    if not _reaches(role.reach, actor.division_code, before.division_code):
        raise HandlingRefused("out_of_scope", f"{before.warning_id} 属 {before.division_code}，不在{role.title}"
                                              f"（{actor.division_code}）的范围内")  # fmt: skip
    if seen != before.number:
        raise _stale(before, seen)
    state = machine.states[before.state].title
    if step is None:
        open_steps = machine.open_steps(before.state, before.standing_tier)
        nexts = "、".join(dict.fromkeys(one.title for one in open_steps)) or "无"
        what = f"{TIER_TITLES[before.standing_tier]}预警 {before.warning_id}"
        told = f"{what} 现为{state}，不能{step_title(action)}；可走的有：{nexts}"
        raise HandlingRefused("out_of_order", told)
    if actor.role not in step.roles:
        titles = "、".join(machine.roles[name].title for name in step.roles)
        raise HandlingRefused("wrong_role", f"{step.title}应由{titles}办理，{role.title}不能办理")
    _require_second_actor(before, step, actor)
    _require_timely(before, step, today)
    return step


def _reaches(reach: Reach, own: str, division: str) -> bool:
    if reach == "own":
        return own == division
    above = set(superiors(division))
    return own in above if reach == "below" else own in (division, REGION) or own in above


def superiors(division: str) -> Iterator[str]:
    """Divisions above one, nearest first."""
    parents = _parents()
    while (above := parents.get(division)) is not None:
        yield above
        division = above


@cache
def _parents() -> dict[str, str]:
    divisions = load_divisions().drop_duplicates("division_code", keep="last").dropna(subset="parent_code")
    return dict(zip(divisions["division_code"], divisions["parent_code"], strict=True))


def _stale(before: Handling, seen: int) -> HandlingRefused:
    happened = [step for step in before.steps if (step.number or 0) > seen]
    if not happened:
        return HandlingRefused("stale", f"{before.warning_id} 才办到第 {before.number} 步，没有第 {seen} 步")
    told = "；".join(f"第 {step.number} 步 {step.at:%Y-%m-%d %H:%M} {step.actor}{step_title(step.step)}：{step.note}"
                    for step in happened)  # fmt: skip
    words = f"{before.warning_id} 在您看过第 {seen} 步以后已有变化，请先看过再办：{told}"
    return HandlingRefused("stale", words, happened)


def _require_second_actor(before: Handling, step: Step, actor: Actor) -> None:
    """Refuse who took a step that another must have taken; a step taken before the warning began anew does not bind."""
    begun = max((one.number or 0 for one in before.steps if one.to_state == FIRST_STATE), default=0)
    if "raised" in step.requires and before.issued is not None:  # an earlier rise was signed and is done
        begun = before.issued.number or 0
    for earlier in before.steps:
        binds = earlier.step in step.not_actor_of and (earlier.number or 0) > begun
        if binds and earlier.actor == actor.account:
            done = f"第 {earlier.number} 步{step_title(earlier.step)}由{actor.account}办理"
            told = f"{done}，{step.title}须由另一岗位或账号办理"
            raise HandlingRefused("same_actor", told)


def _require_timely(before: Handling, step: Step, today: date) -> None:
    if "running_out" in step.requires and (before.due_on is None or today <= before.due_on):
        raise HandlingRefused("untimely", f"时限 {before.due_on or '未定'} 未过，不必{step.title}")
    _require_rise(before, step)
    if "asked" in step.requires and before.asked_until is None:
        raise HandlingRefused("out_of_order", "没有待答复的延期申请")
    if "not_asked" in step.requires and before.asked_until is not None:
        raise HandlingRefused("out_of_order", f"已申请延期到 {before.asked_until}，尚未答复")


def _require_rise(before: Handling, step: Step) -> None:
    rise = f"已升到{TIER_TITLES[before.standing_tier]}"
    refusals = {
        "raised": (before.raised_to is None, "等级没有高于已发布的，或不需签发，不必提级"),
        "not_raised": (before.raised_to is not None, f"{rise}，先提级签发，再{step.title}"),
        "proposed": (not before.is_raise_proposed, f"{rise}，先由研判岗拟提级"),
        "not_proposed": (before.is_raise_proposed, "已拟提级，等另一岗位或账号签发"),
    }
    for name, (is_refused, told) in refusals.items():
        if name in step.requires and is_refused:
            raise HandlingRefused("out_of_order", told)


def require_given(step: Step, before: Handling, until: date | None, reason: str | None, machine: Machine,
                  today: date) -> None:  # fmt: skip
    """Stop where something that the step needs was not given.

    Raises:
        HandlingError: no day for an extension, or not a later one; no reason for a false alarm.
    """
    if "until" in step.requires and (until is None or until <= max(today, before.due_on or today)):
        raise HandlingError(f"延期应写明到哪一天，且晚于现在的时限 {before.due_on}")
    if "reason_code" in step.requires and reason not in machine.reasons:
        known = "、".join(f"{code} {title}" for code, title in machine.reasons.items())
        raise HandlingError(f"误报应选一个原因：{known}")


