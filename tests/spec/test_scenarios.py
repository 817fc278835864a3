"""What-if: under policy it is the index of the snapshot, and each change does what it says, just at the cut-offs."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.gather.scenarios import baseline_of, judge
from dashboard.library import Library
from dashboard.saved_scenarios import ScenarioNameError, list_scenarios, save_scenario
from dashboard.stand import take_stand
from dashboard.view import read_url
from metrics import read_layer
from metrics.scenarios import (
    Baseline,
    Scenario,
    ScenarioError,
    count_threshold_warnings,
    judge_units,
    make_baseline,
    read_scenario,
)
from pipelines.home import Home

POLICY: dict[str, Any] = {
    "weights": {"dimensions": {"one": 10, "other": 10}, "indicators": {"a": 1, "b": 1}},
    "goalposts": {"a": {"best": 1.0, "worst": 0.0}, "b": {"best": 0.0, "worst": 1.0}},
    "index_tiers": {
        "least_data_share": 0.6, "least_weight_share": 0.3,
        "cut_offs": {"red": 60, "orange": 45, "yellow": 30, "blue": 20},
    },
    "cut_offs": {"a": {"least_cases": 2, "orange": 0.4, "yellow": 0.6}, "b": {"least_cases": 2, "yellow": 0.5}},
}  # fmt: skip
INDICATORS = pd.DataFrame({"indicator": ["a", "b"], "dimension": ["one", "other"]})


def drawn(*units: tuple[str, float, float], denominator: float = 10) -> Baseline:
    """Units as (code, value of a (higher is better), value of b (lower is better))."""
    rows = [
        {"scope_code": code, "scope": "own", "indicator": name, "value": value, "numerator": value * denominator,
         "denominator": denominator, "outcome": "value", "coverage": 1.0, "direction": f"{way}_is_better"}
        for code, a, b in units
        for name, value, way in (("a", a, "higher"), ("b", b, "lower"))
    ]  # fmt: skip
    return make_baseline(pd.DataFrame(rows), INDICATORS, POLICY)


def test_under_policy_it_is_the_index_of_the_snapshot(built_home: Path) -> None:
    stand = take_stand(Library(built_home), read_url("/scenarios"))
    baseline = baseline_of(stand)
    assert baseline is not None
    units = judge(stand, baseline, Scenario()).units.set_index("scope_code")
    scores = read_layer.read_scores(stand.cursor, stand.scope, reading="own", period=stand.period)
    scores = scores.set_index("scope_code").reindex(units.index)
    pd.testing.assert_series_equal(units["score"], scores["score"], check_dtype=False, atol=1e-6)
    assert units["tier"].tolist() == scores["tier"].tolist()
    pd.testing.assert_series_equal(units["rank"], scores["rank"], check_dtype=False)


def test_a_weight_moves_scores_and_ranks_as_reckoned_by_hand() -> None:
    baseline = drawn(("x", 0.5, 0.9), ("y", 0.2, 0.1))  # risks: x 50 and 90, y 80 and 10
    before = judge_units(baseline, Scenario()).set_index("scope_code")
    assert before["score"].tolist() == pytest.approx([70, 45])
    after = judge_units(baseline, Scenario(weights={"one": 30})).set_index("scope_code")
    assert after["score"].tolist() == pytest.approx([60, 62.5])
    assert after["rank"].tolist() == [2, 1]
    alone = judge_units(baseline, Scenario(weights={"other": 0})).set_index("scope_code")
    assert alone["score"].tolist() == pytest.approx([50, 80])


@pytest.mark.parametrize(("cut", "tier"), [(69, "red"), (70, "red"), (71, "orange")])
def test_a_tier_begins_at_its_cut_off(cut: float, tier: str) -> None:
    units = judge_units(drawn(("x", 0.5, 0.9)), Scenario(cuts={"red": cut}))
    assert units["tier"].tolist() == [tier]


@pytest.mark.parametrize(
    ("value", "tighten", "crossed"),
    [
        (0.59, 0, {"yellow": 1}), (0.6, 0, {}), (0.61, 0, {}),
        (0.39, 0, {"orange": 1}), (0.4, 0, {"yellow": 1}),
        (0.65, 10, {"yellow": 1}), (0.67, 10, {}), (0.55, -10, {}), (0.53, -10, {"yellow": 1}),
    ],
)  # fmt: skip
def test_thresholds_are_crossed_below_the_limit_not_at_it(value: float, tighten: float, crossed: dict) -> None:
    found = count_threshold_warnings(drawn(("x", value, 0.0)), Scenario(tighten=tighten))
    assert {tier: count for tier, count in found.items() if count} == crossed


def test_too_few_cases_cross_no_threshold() -> None:
    assert sum(count_threshold_warnings(drawn(("x", 0.0, 0.0), denominator=1), Scenario()).values()) == 0
    assert sum(count_threshold_warnings(drawn(("x", 0.0, 0.0), denominator=2), Scenario()).values()) == 1


@pytest.mark.parametrize("scenario", [Scenario(weights={"one": 0, "other": 0}), Scenario(cuts={"red": 45})])
def test_what_cannot_be_judged_is_refused(scenario: Scenario) -> None:
    with pytest.raises(ScenarioError):
        judge_units(drawn(("x", 0.5, 0.5)), scenario)


@pytest.mark.parametrize("scenario", [
    Scenario(), Scenario({"one": 3.0}), Scenario({"one": 3.0, "other": 0.0}, {"red": 65.0}, -12.0),
    Scenario(tighten=5.0),
])  # fmt: skip
def test_the_text_of_a_scenario_gives_it_again(scenario: Scenario) -> None:
    assert read_scenario(scenario.to_text()) == scenario


@pytest.mark.parametrize("text", ["weights=one:x", "cuts=red:101", "tighten=31", "nonsense", "weights=one:41"])
def test_a_text_that_is_none_is_told(text: str) -> None:
    with pytest.raises(ScenarioError, match="情景里"):
        read_scenario(text)


def test_a_scenario_is_saved_by_name_and_changes_nothing_else(tmp_path: Path) -> None:
    home = Home(tmp_path)
    about = {"account": "研判岗", "snapshot_id": "2026-09.r1", "period": "2026-09"}
    save_scenario(home, " 事件  加重 ", Scenario({"events": 30.0}), **about)
    save_scenario(home, "事件 加重", Scenario({"events": 35.0}), **about)
    assert [(one.name, one.text) for one in list_scenarios(home)] == [("事件 加重", "weights=events:35")]
    assert [path.name for path in tmp_path.iterdir()] == ["scenarios"]
    (home.scenarios / "broken.json").write_text("{}")
    assert len(list_scenarios(home)) == 1
    for name in (None, "  ", "长" * 41):
        with pytest.raises(ScenarioNameError):
            save_scenario(home, name, Scenario(), **about)
