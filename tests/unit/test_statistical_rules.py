"""The statistical and composite rules as they ship: which signs give which tier, just below and at each limit."""

from collections import Counter
from typing import Any

import pandas as pd
import pytest

from metrics.catalogue import load_catalogue
from metrics.policies import load_policies
from metrics.warning_definitions import Rule
from metrics.warning_judgement import judge_rows

RULES = {rule.rule: rule for rule in load_policies().at("2026-09").rules}
NOTHING: dict[str, Any] = {
    "is_beside_peers": 0, "is_beside_past": 0, "is_worsening": 0, "is_cumulating": 0, "agreeing_signs": 0,
    "is_on_target": 0, "peer_gap": 0.5, "past_gap": 0.5, "peer_excess": 50.0, "past_excess": 50.0, "value": 0.5,
    "sudden_z": None, "sudden_gap": 0.5, "sudden_excess": 50.0,
}  # fmt: skip
SUDDEN = {"sudden_z": 2.25, "sudden_gap": 0.05, "sudden_excess": 2}
PEERS, PAST = {"is_beside_peers": 1}, {"is_beside_past": 1}
TREND, SUMS = {"is_worsening": 1}, {"is_cumulating": 1}
INDEX: dict[str, Any] = {"p_red_two_months": 0.0, "p_orange_two_months": 0.0, "p_orange_or_worse": 0.0, "p_red": 0.0,
                         "rise": 0.0, "is_beyond_interval": 0}  # fmt: skip


def tier(rule: Rule, row: dict[str, Any]) -> str | None:
    judged = judge_rows(pd.DataFrame([row]), rule)
    return None if judged.empty else rule.steps[judged["step"].iloc[0]].tier


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        ({}, None),
        (PEERS, "yellow"), ({**PEERS, "peer_gap": 0.0999}, None), ({**PEERS, "peer_gap": 0.1}, "yellow"),
        ({**PEERS, "peer_excess": 4.9}, None), ({**PEERS, "peer_excess": 5}, "yellow"),
        (TREND, "yellow"), ({**TREND, "past_gap": 0.049}, None), ({**TREND, "past_excess": 2.9}, None),
        (PAST, "blue"), ({**PAST, "past_gap": 0.099}, None), ({**PAST, "is_on_target": 1}, None),
        (SUMS, "blue"), ({**SUMS, "past_excess": 2.9}, None), ({**SUMS, "is_on_target": 1}, None),
        ({**PEERS, **PAST, "agreeing_signs": 2}, "orange"),
        ({**PEERS, **PAST, "agreeing_signs": 2, "past_gap": 0.049}, "yellow"),
        ({**PAST, **TREND, **SUMS, "agreeing_signs": 1}, "yellow"),  # three signs of one history are one
        ({**PEERS, "peer_gap": None}, None),
        (SUDDEN, "yellow"), ({**SUDDEN, "sudden_z": 2.24}, None), ({**SUDDEN, "sudden_gap": 0.049}, None),
        ({**SUDDEN, "sudden_excess": 1.9}, None),
    ],
)  # fmt: skip
def test_signs_give_tiers(signs: dict[str, Any], expected: str | None) -> None:
    assert tier(RULES["statistical_personnel"], {**NOTHING, **signs}) == expected


@pytest.mark.parametrize(
    ("rule", "state", "expected"),
    [
        ("index_tier", {"p_red_two_months": 0.5}, "red"), ("index_tier", {"p_red_two_months": 0.49}, None),
        ("index_tier", {"p_orange_two_months": 0.5}, "orange"), ("index_tier", {"p_orange_or_worse": 0.5}, "yellow"),
        ("index_tier", {"p_orange_or_worse": 0.49}, None),
        ("index_rise", {"rise": 5.0, "is_beyond_interval": 1}, "yellow"), ("index_rise", {"rise": 5.0}, None),
        ("index_rise", {"rise": 4.9, "is_beyond_interval": 1}, None),
    ],
)  # fmt: skip
def test_the_index_gives_tiers(rule: str, state: dict[str, Any], expected: str | None) -> None:
    assert tier(RULES[rule], {**INDEX, **state}) == expected


def test_every_indicator_has_one_statistical_rule_and_every_dimension_its_rules() -> None:
    covered = Counter(name for rule in RULES.values() for name in rule.indicators)
    assert covered == Counter({one.indicator: 1 for one in load_catalogue().indicators})
    assert len(RULES) >= 40
    assert all(rule.steps[0].tier != "red" for rule in RULES.values() if rule.kind == "statistical")
