"""How a warning is worked, as data: states, the steps between them, who may take them, and their clocks.

`handling_steps.yaml` is edited by the office, so everything a person could get wrong in it is told with its line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from metrics.policy_files import Place, PolicyDocument, read_policy_document
from metrics.warning_definitions import TIER_TITLES, TIERS

HANDLING_STEPS_PATH = Path(__file__).parent / "handling_steps.yaml"
_SCHEMA = Path(__file__).parent / "schema" / "handling_steps"
FIRST_STATE = "new"
SAME = "same"

Reach = Literal["own", "below", "all"]
Effect = Literal["restart", "asks", "grants", "denies"]


@dataclass(frozen=True)
class Role:
    """A role and whose warnings it may work: its own bureau's, those of the bureaus below it, or all."""

    role: str
    title: str
    reach: Reach


@dataclass(frozen=True)
class State:
    """A state and how many working days it may last, by tier; a final one is left no more."""

    state: str
    title: str
    clock: Mapping[str, int]
    is_final: bool


@dataclass(frozen=True)
class Step:
    """One step: what must hold for it to be taken, and where it leads (`to` is `same` where the state stays)."""

    step: str
    action: str
    title: str
    from_states: tuple[str, ...]
    to: str
    tiers: tuple[str, ...]
    roles: tuple[str, ...]
    not_actor_of: tuple[str, ...]
    effect: Effect | None
    requires: tuple[str, ...]
    notice: tuple[str, ...]


@dataclass(frozen=True)
class Machine:
    """The whole of it."""

    roles: Mapping[str, Role]
    states: Mapping[str, State]
    steps: tuple[Step, ...]
    reasons: Mapping[str, str]
    due_soon_days: int

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action, in the order of the file."""
        return tuple(dict.fromkeys(step.action for step in self.steps))

    def find(self, action: str, state: str, tier: str) -> Step | None:
        """The step that an action means in a state and tier; None where it cannot be taken there."""
        fitting = (s for s in self.steps if s.action == action and state in s.from_states and tier in s.tiers)
        return next(fitting, None)

    @property
    def signed_tiers(self) -> frozenset[str]:
        """Tiers to which an issued warning rises only once a second person has signed it."""
        return frozenset(tier for step in self.steps if "raised" in step.requires for tier in step.tiers)

    def open_steps(self, state: str, tier: str) -> list[Step]:
        """Steps that may come next."""
        return [step for step in self.steps if state in step.from_states and tier in step.tiers]


@cache
def load_handling_steps(path: Path = HANDLING_STEPS_PATH) -> Machine:
    """The machine as written.

    Raises:
        PolicyError: an unknown state, role or step, two steps for one wish, a state nobody reaches or can leave; with
            file and line.
    """
    document = read_policy_document(path, str(_SCHEMA))
    content = document.content
    roles = {name: Role(name, entry["title"], entry["reach"]) for name, entry in content["roles"].items()}
    states = {
        name: State(name, entry["title"], entry.get("clock", {}), entry.get("is_final", False))
        for name, entry in content["states"].items()
    }
    steps = tuple(_step(entry) for entry in content["steps"])
    _check_names(document, roles, states, steps)
    _check_one_step_per_wish(document, steps)
    _check_ways(document, states, steps)
    return Machine(roles, states, steps, content["reasons"], content["due_soon_days"])


def _step(entry: Mapping[str, Any]) -> Step:
    return Step(
        step=entry["step"], action=entry["action"], title=entry["title"], from_states=tuple(entry["from"]),
        to=entry["to"], tiers=tuple(entry.get("tiers", TIERS)), roles=tuple(entry["roles"]),
        not_actor_of=tuple(entry.get("not_actor_of", ())), effect=entry.get("effect"),
        requires=tuple(entry.get("requires", ())), notice=tuple(entry.get("notice", ())),
    )  # fmt: skip


def _check_names(document: PolicyDocument, roles: Mapping[str, Role], states: Mapping[str, State],
                 steps: tuple[Step, ...]) -> None:  # fmt: skip
    names = {step.step for step in steps}
    for number, step in enumerate(steps):
        place: Place = ("steps", number)
        if step.step in {other.step for other in steps[:number]}:
            raise document.fault((*place, "step"), f"步骤 {step.step} 重复")
        wanted = (
            ("from", step.from_states, states, "状态"), ("to", (step.to,), {*states, SAME}, "状态"),
            ("roles", step.roles, roles, "岗位"), ("not_actor_of", step.not_actor_of, names, "步骤"),
        )  # fmt: skip
        for key, used, known, kind in wanted:
            if unknown := sorted(set(used) - set(known)):
                message = f"步骤 {step.step} 的 {key} 有不认识的{kind} {'、'.join(unknown)}"
                raise document.fault((*place, key), f"{message}，可用 {'、'.join(sorted(known))}")


def _check_one_step_per_wish(document: PolicyDocument, steps: tuple[Step, ...]) -> None:
    taken: dict[tuple[str, str, str], str] = {}
    for number, step in enumerate(steps):
        for state in step.from_states:
            for tier in step.tiers:
                other = taken.setdefault((step.action, state, tier), step.step)
                if other != step.step:
                    message = f"{state} 状态、{TIER_TITLES[tier]}的 {step.action} 既可走 {other}，又可走 {step.step}"
                    raise document.fault(("steps", number), message)


def _check_ways(document: PolicyDocument, states: Mapping[str, State], steps: tuple[Step, ...]) -> None:
    """From the first state every other can be reached, for every tier a final one from everywhere."""
    if FIRST_STATE not in states:
        raise document.fault(("states",), f"没有起始状态 {FIRST_STATE}")
    for number, step in enumerate(steps):
        if final := sorted(name for name in step.from_states if states[name].is_final):
            raise document.fault(("steps", number, "from"), f"{'、'.join(final)} 是终结状态，不能再走 {step.step}")
    reached = {FIRST_STATE} | {step.to for step in steps}
    for name, state in states.items():
        if name not in reached:
            raise document.fault(("states", name), f"没有一步通向状态 {name}")
        leaving = {tier for step in steps if name in step.from_states and step.to != SAME for tier in step.tiers}
        if not state.is_final and (stuck := [tier for tier in TIERS if tier not in leaving]):
            titles = "、".join(TIER_TITLES[tier] for tier in stuck)
            raise document.fault(("states", name), f"{titles}的预警到了 {name} 就走不出去")
