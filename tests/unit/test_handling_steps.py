"""The machine of handling is data, and what is wrong in it is told with its line."""

from pathlib import Path

import pytest

from metrics.policy_files import PolicyError
from metrics.warning_definitions import TIERS
from pipelines.handling_steps import HANDLING_STEPS_PATH, load_handling_steps


def test_the_shipped_machine_has_a_clock_for_every_open_state_and_tier() -> None:
    machine = load_handling_steps()
    for name, state in machine.states.items():
        tiers = {"red", "orange"} if name == "drafted" else set(TIERS)
        assert set(state.clock) == (set() if state.is_final or name == "new" else tiers), name
    for state in machine.states.values():
        days = [state.clock[tier] for tier in TIERS if tier in state.clock]
        assert days == sorted(days), f"{state.state}: a graver tier must not have the longer clock"


def test_red_and_orange_are_issued_in_two_steps_by_two_people() -> None:
    machine = load_handling_steps()
    for tier in ("red", "orange"):
        first, second = machine.find("issue", "new", tier), machine.find("issue", "drafted", tier)
        assert first and second and first.to == "drafted" and second.to == "issued"
        assert first.step in second.not_actor_of
    for tier in ("yellow", "blue"):
        step = machine.find("issue", "new", tier)
        assert step and step.to == "issued"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("to: acknowledged, roles", "to: acknowleged, roles", "的 to 有不认识的状态 acknowleged"),
        ("roles: [bureau, superior]}\n  - {step: act,", "roles: [burau]}\n  - {step: act,", "不认识的岗位 burau"),
        ("not_actor_of: [propose], notice: [bureau, superior]", "not_actor_of: [propos]", "不认识的步骤 propos"),
        ("step: act_on", "step: act", "步骤 act 重复"),
        ("from: [handling], to: same", "from: [acknowledged], to: same", "既可走 act，又可走 act_on"),
        ("from: [verified], to: closed", "from: [closed], to: closed", "closed 是终结状态"),
        ("red: 1, orange: 1, yellow: 2", "red: 0, orange: 1, yellow: 2", "不应小于 1"),
        ("effect: restart, requires: [running_out], notice: [superior]", "effect: again", "“effect”为 'again'"),
        ("  closed: {title", "  lost: {title: 失落}\n  closed: {title", "没有一步通向状态 lost"),
        ("from: [issued], to: acknowledged, roles", "from: [issued], to: same, roles", "没有一步通向状态 acknowledged"),
        ("tiers: [yellow, blue], roles: [analyst, approver],\n     notice",
         "tiers: [blue], roles: [analyst],\n     notice", None),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str | None) -> None:
    text = HANDLING_STEPS_PATH.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "handling_steps.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    if told is None:  # yellow can still leave as a false alarm: allowed
        assert load_handling_steps(path).find("issue", "new", "yellow") is None
        return
    with pytest.raises(PolicyError, match=rf"handling_steps\.yaml 第 \d+ 行：.*{told}"):
        load_handling_steps(path)
