"""The index engine on small tables typed in by hand: each step alone, in combination, and on what is bad input."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from metrics.index import (
    FrameworkError,
    IndexBuildError,
    IndexDataError,
    IndexSteps,
    StepsError,
    build_index,
    load_framework,
)

NAN = float("nan")

# Two dimensions of weights 3 and 1; in `road` a lower count of accidents is better.
FRAMEWORK = pd.DataFrame([
    ("paved", "road", 1, 1, 3), ("accidents", "road", 1, -1, 1), ("trains", "rail", 1, 1, 1),
    ("road", "transport", 2, 1, 3), ("rail", "transport", 2, 1, 1), ("transport", "", 3, 1, 1),
], columns=["code", "parent", "level", "direction", "weight"])
DATA = pd.DataFrame({"paved": [0, 5, 10, 10], "accidents": [10, 20, 30, 10], "trains": [1, 2, 3, 5]},
                    index=list("abcd"))


def flat(*codes: str, **columns: Any) -> pd.DataFrame:
    """A framework of indicators right under `index`, all of weight 1."""
    rows = [(code, "index", 1, 1, 1) for code in codes] + [("index", None, 2, 1, None)]
    return pd.DataFrame(rows, columns=["code", "parent", "level", "direction", "weight"]).assign(**columns)


def scores(data: Any, framework: Any, **settings: Any) -> dict[str, float]:
    return build_index(data, framework, IndexSteps(**settings)).score.to_dict()  # type: ignore[return-value]


def changed(framework: pd.DataFrame, code: str, column: str, value: Any) -> pd.DataFrame:
    table = framework.astype(object)
    table.loc[table["code"] == code, column] = value
    return table


def test_weighted_means_of_min_max_scores_from_the_bottom_up() -> None:
    index = build_index(DATA, FRAMEWORK)
    # a: paved 0, accidents 100 → 25; trains 0.   b: 50, 50 → 50; 25.   c: 100, 0 → 75; 50.   d: 100, 100; 100
    assert index.scores["road"].tolist() == [25, 50, 75, 100]
    assert index.score.tolist() == [18.75, 43.75, 68.75, 100]
    assert index.rank.tolist() == [4, 3, 2, 1] and index.root == "transport"
    assert index.effective_weights.to_dict() == {"paved": 0.5625, "accidents": 0.1875, "trains": 0.25}
    assert list(index.scores.columns) == ["road", "rail", "transport"]
    assert list(index.frames) == ["data", "denominate", "screen", "impute", "treat", "normalise", "aggregate", "weight"]
    assert list(index.log.columns) == ["step", "code", "unit", "before", "after", "why"]


def test_data_and_framework_may_come_as_dicts_lists_or_frames_and_without_levels() -> None:
    rows = [{"unit": unit, **values} for unit, values in DATA.to_dict("index").items()]
    expected = build_index(DATA, FRAMEWORK).scores
    for data in (rows, DATA.reset_index(names="unit").to_dict("list"), DATA.reset_index(names="uCode")):
        for framework in (FRAMEWORK.to_dict("records"), FRAMEWORK.to_dict("list"), FRAMEWORK.drop(columns="level"),
                          load_framework(FRAMEWORK), FRAMEWORK.set_index("code")):
            np.testing.assert_allclose(build_index(data, framework).scores, expected)


def test_human_development_by_goalposts_a_log_and_a_geometric_mean() -> None:
    """UNDP, Human Development Report 2020, table 1 and technical note 1 (values of 2019)."""
    data = {
        "unit": ["Norway", "China", "Niger"], "life": [82.4, 76.9, 62.4], "expected": [18.1, 14.0, 6.5],
        "mean": [12.9, 8.1, 2.1], "income": [66494, 16057, 1201],
    }
    framework = [
        {"code": "life", "parent": "hdi", "low": 20, "high": 85},
        {"code": "expected", "parent": "education", "low": 0, "high": 18},
        {"code": "mean", "parent": "education", "low": 0, "high": 15},
        {"code": "income", "parent": "hdi", "low": 100, "high": 75000, "transform": "log"},
        {"code": "education", "parent": "hdi"}, {"code": "hdi", "parent": None},
    ]
    framework = [{"direction": 1, "weight": 1, **row} for row in framework]
    index = build_index(data, framework, IndexSteps(
        normalise="goalposts", scale=(0, 1), aggregate={"education": "arithmetic", "hdi": "geometric"}))
    # the inputs are printed to one decimal, the index is computed before rounding
    assert index.score.to_dict() == pytest.approx({"Norway": 0.957, "China": 0.761, "Niger": 0.394}, abs=1.1e-3)
    clipped = index.log[index.log["why"] == "超出标杆，按标杆计"]
    assert clipped[["code", "unit", "before", "after"]].values.tolist() == [["expected", "Norway", 18.1, 1.0]]


def test_inform_style_by_goalposts_inverted_geometric_and_geometric_means() -> None:
    """The formulas of the INFORM Risk Index: dimensions by (10 - GEOMEAN((10 - x) / 10 × 9 + 1)) / 9 × 10, risk by
    hazard^1/3 × vulnerability^1/3 × lack of capacity^1/3; scores 0 (best) – 10 (worst)."""
    table = pd.DataFrame([
        ("quake", "hazard", 1, 1, 0.0, 4.0, ""), ("flood", "hazard", 1, 1, 0.0, 200.0, ""),
        ("poverty", "vulnerability", 1, 1, 0.0, 50.0, ""), ("doctors", "capacity", -1, 1, 0.0, 4.0, ""),
        ("literacy", "capacity", -1, 2, 20.0, 100.0, ""), ("hazard", "risk", 1, 1, NAN, NAN, "inverted_geometric"),
        ("vulnerability", "risk", 1, 1, NAN, NAN, "arithmetic"), ("capacity", "risk", 1, 1, NAN, NAN, ""),
        ("risk", "", 1, 1, NAN, NAN, "geometric"),
    ], columns=["code", "parent", "direction", "weight", "low", "high", "aggregate"])
    data = {"unit": ["x", "y"], "quake": [4, 1], "flood": [0, 100], "poverty": [25, 5], "doctors": [1, 9],
            "literacy": [60, 100]}
    index = build_index(data, table, IndexSteps(normalise="goalposts", scale=(0, 10)))
    # x: 10 and 0 → geometric mean of 1 and 10; y: 2.5 and 5 → of 7.75 and 5.5
    hazard = [(10 - 10**0.5) / 9 * 10, (10 - (7.75 * 5.5) ** 0.5) / 9 * 10]
    assert index.scores["hazard"].tolist() == pytest.approx(hazard)
    assert index.scores["capacity"].tolist() == pytest.approx([(7.5 + 2 * 5) / 3, 0])
    assert index.score.tolist() == pytest.approx([(hazard[0] * 5 * 17.5 / 3) ** (1 / 3), 0])
    zero = index.log[index.log["step"] == "aggregate"]
    assert zero[["code", "unit", "why"]].values.tolist() == [["risk", "y", "下级 capacity 为 0，geometric 均值为 0"]]


def test_denominate_divides_and_a_zero_denominator_is_missing_and_told() -> None:
    data = {"unit": list("abc"), "cases": [10, 20, 30], "people": [1000, 4000, 0]}
    framework = flat("cases", denominator=["people", ""], per=[100, None])
    index = build_index(data, framework, IndexSteps(normalise="none"))
    assert index.score.tolist() == pytest.approx([1, 0.5, NAN], nan_ok=True)
    assert ("denominate", "cases", "c", "分母 people 为 0，记为缺失") in list(
        index.log[["step", "code", "unit", "why"]].itertuples(index=False, name=None))
    assert index.log.loc[0, ["before", "after"]].tolist() == [10, 1]
    off = build_index(data, framework, IndexSteps(denominate=False, normalise="none"))
    assert off.score.tolist() == [10, 20, 30]


@pytest.mark.parametrize(("least", "left"), [(None, "abc"), (0.33, "abc"), (0.34, "ab"), (2 / 3, "ab"), (0.67, "a")])
def test_screen_below_at_and_above_the_least_share(least: float | None, left: str) -> None:
    data = pd.DataFrame({"x": [1, 2, 3], "y": [1, 2, NAN], "z": [1, NAN, NAN]}, index=list("abc"))
    index = build_index(data, flat("x", "y", "z"), IndexSteps(screen=least, normalise="none"))
    assert list(index.frames["screen"].index) == list(left)
    assert set(index.score.index) == set("abc") and index.score[list(left)].notna().all()
    told = set(index.log.loc[index.log["step"] == "screen", "unit"])
    assert told == set("abc") - set(left) == set(index.score.index[index.score.isna()])


HOLES = pd.DataFrame({"x": [1, NAN, 2, 9], "y": [1, 2, 3, 4], "group": ["p", "p", "q", "q"]}, index=list("abcd"))


@pytest.mark.parametrize(("method", "expected"), [("mean", 4), ("median", 2), ("group_mean", 1), ("none", NAN)])
def test_impute_fills_and_says_so(method: str, expected: float) -> None:
    index = build_index(HOLES, flat("x", "y"), IndexSteps(impute=method, groups="group", normalise="none"))
    assert index.frames["impute"].at["b", "x"] == pytest.approx(expected, nan_ok=True)
    lines = index.log[index.log["step"] == "impute"]
    assert lines[["code", "unit", "after"]].values.tolist() == ([] if method == "none" else [["x", "b", expected]])


def test_impute_carries_forward_within_a_unit_and_ranks_within_a_period() -> None:
    keys = pd.MultiIndex.from_product([["a", "b"], [2023, 2024, 2025]])
    data = pd.DataFrame({"x": [1, NAN, NAN, 5, 6, 7.0], "y": 1.0}, index=keys)
    carried = build_index(data, flat("x", "y"), IndexSteps(impute="carry_forward", normalise="none"))
    assert carried.frames["impute"]["x"].tolist() == [1, 1, 1, 5, 6, 7]
    limited = build_index(data, flat("x", "y"), IndexSteps(impute="carry_forward", carry_limit=1, normalise="none"))
    assert limited.frames["impute"]["x"].tolist() == pytest.approx([1, 1, NAN, 5, 6, 7], nan_ok=True)
    assert carried.rank.tolist() == [2, 2, 2, 1, 1, 1]


def treated(values: list[float], **settings: Any) -> list[float]:
    steps = IndexSteps(treat=True, normalise="none", **settings)
    return build_index(pd.DataFrame({"x": values}), flat("x"), steps).frames["treat"]["x"].tolist()


def test_treat_winsorises_point_by_point_and_else_logs() -> None:
    """The cases of COINr's own tests and help pages."""
    ten, twenty = [float(number) for number in range(1, 11)], [float(number) for number in range(1, 21)]
    assert treated([*ten, 100]) == [*ten, 10]
    assert treated([*[-value for value in ten], -100]) == [*[-value for value in ten], -10]
    raw = np.array([*twenty, 100, 200])
    assert treated([*twenty, 100, 200]) == [*twenty, 20, 20]
    logged = np.log(raw - 1 + 0.01 * 199)
    assert treated([*twenty, 100, 200], winsorise_points=1) == pytest.approx(logged.tolist())
    assert treated([*twenty, 100, 200], winsorise_points=1, log_after=False) == [*twenty, 100, 100]
    assert treated([*ten, 100, NAN]) == pytest.approx([*ten, 10, NAN], nan_ok=True)
    assert treated(ten) == ten and treated([5.0] * 6) == [5.0] * 6 and treated([1, 2, 90]) == [1, 2, 90]


@pytest.mark.parametrize(("method", "up", "down", "settings"), [
    ("none", [1, 2, 2, 5], [-1, -2, -2, -5], {}),
    ("min_max", [0, 25, 25, 100], [100, 75, 75, 0], {}),
    ("min_max", [1, 25.75, 25.75, 100], [100, 75.25, 75.25, 1], {"scale": (1, 100)}),
    ("z", [-0.866025, -0.288675, -0.288675, 1.443376], [0.866025, 0.288675, 0.288675, -1.443376], {}),
    ("rank", [1, 2, 2, 4], [4, 2, 2, 1], {}),
    ("percentile_rank", [0, 100 / 3, 100 / 3, 100], [100, 100 / 3, 100 / 3, 0], {}),
    ("goalposts", [0, 0, 0, 75], [100, 100, 100, 25], {"goalposts": {"x": (2, 6)}}),
    ("goalposts", [-25, 0, 0, 75], [125, 100, 100, 25], {"goalposts": {"x": (2, 6)}, "clip": False}),
    ("target", [0, 50, 50, 100], [100, 100, 100, 0], {"targets": {"x": 3}}),
    ("target", [0, 25, 25, 100], [100, 75, 75, 0], {"targets": {"x": 5}, "clip": False, "normalise_by": {}}),
])
def test_normalise_in_both_directions(method: str, up: list[float], down: list[float], settings: Mapping) -> None:
    data = pd.DataFrame({"x": [1, 2, 2, 5]})
    for direction, expected in ((1, up), (-1, down)):
        if method == "target" and direction == -1 and settings.get("clip") is False:
            settings = {**settings, "targets": {"x": 1}}
        framework = changed(flat("x"), "x", "direction", direction)
        found = build_index(data, framework, IndexSteps(normalise=method, **settings)).frames["normalise"]["x"]
        assert found.tolist() == pytest.approx(expected, abs=1e-6)


def test_one_indicator_may_be_normalised_in_another_way() -> None:
    steps = IndexSteps(normalise_by={"trains": "goalposts"}, goalposts={"trains": (0, 10)})
    found = build_index(DATA, FRAMEWORK, steps).frames["normalise"]
    assert found["trains"].tolist() == [10, 20, 30, 50] and found["paved"].tolist() == [0, 50, 100, 100]


@pytest.mark.parametrize(("method", "expected"), [
    ("arithmetic", 4), ("geometric", 2 * 2**0.5), ("harmonic", 2), ("inverted_geometric", None)])
def test_aggregate_two_equal_children(method: str, expected: float | None) -> None:
    turned = ((1 + 9 * 0.2) * (1 + 9 * 0.9)) ** 0.5  # 8 and 1 on a scale of 0–10
    expected = (10 - turned) / 9 * 10 if expected is None else expected
    values = [8.0, 1.0] if method == "inverted_geometric" else [4 + 2 * 2**0.5, 4 - 2 * 2**0.5]
    data = pd.DataFrame([values], columns=["x", "y"], index=["a"])
    assert scores(data, flat("x", "y"), normalise="none", aggregate=method, scale=(0, 10)) == {
        "a": pytest.approx(expected)}


def test_means_and_weights_may_differ_by_level() -> None:
    steps = IndexSteps(scale=(1, 100), aggregate=("geometric", "arithmetic"), weight={2: "equal"})
    index = build_index(DATA, FRAMEWORK, steps)
    assert index.scores.at["b", "road"] == pytest.approx(50.5)
    assert index.scores.at["c", "road"] == pytest.approx((100 * 1) ** 0.5)
    assert index.score["c"] == pytest.approx(0.75 * 10 + 0.25 * 50.5)
    with pytest.raises(StepsError, match="第 2 至 3 级"):
        build_index(DATA, FRAMEWORK, IndexSteps(aggregate=("geometric",)))


@pytest.mark.parametrize(("least", "expected"), [(0.5, 50), (0.51, NAN)])
def test_least_share_of_children_at_and_above(least: float, expected: float) -> None:
    data = pd.DataFrame({"x": [0, 50, 100], "y": [0, NAN, 100]}, index=list("abc"))
    index = build_index(data, flat("x", "y"), IndexSteps(least_share=least))
    assert index.score["b"] == pytest.approx(expected, nan_ok=True)
    assert index.rank.tolist()[1:] == [2 if expected == 50 else pd.NA, 1]
    assert (index.log["unit"].eq("b") & index.log["step"].eq("aggregate")).any() == (expected != 50)


def test_equal_scores_share_the_better_rank() -> None:
    data = pd.DataFrame({"x": [3, 3, 1, NAN]}, index=list("abcd"))
    assert build_index(data, flat("x")).rank.tolist() == [1, 1, 3, pd.NA]


def test_all_steps_together_log_each_cell_they_changed() -> None:
    """Worked by hand: rates, one unit screened, a median, one point winsorised, min-max, a geometric mean."""
    values = [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 100, NAN, NAN]
    data = pd.DataFrame({"x": [value * 2 for value in values], "people": 2.0, "y": [*range(1, 12), NAN]},
                        index=[f"u{place}" for place in range(12)])
    index = build_index(data, flat("x", "y", denominator=["people", None, None]), IndexSteps(
        screen=0.5, impute="median", treat=True, scale=(1, 100), aggregate="geometric"))
    cells = index.log[index.log["unit"].notna() & (index.log["step"] != "denominate")]
    assert cells[["step", "code", "unit"]].fillna("").values.tolist() == [
        ["screen", "", "u11"], ["impute", "x", "u10"], ["treat", "x", "u9"]]
    assert cells["after"].tolist()[1:] == [5.5, 9]
    assert index.frames["normalise"].loc["u4"].tolist() == pytest.approx([1 + 99 * 4 / 8, 1 + 99 * 4 / 10])
    assert index.score["u4"] == pytest.approx((50.5 * 40.6) ** 0.5)
    assert index.score.isna().tolist() == [False] * 11 + [True]


@pytest.mark.parametrize(("table", "message"), [
    (changed(FRAMEWORK, "paved", "parent", "sea"), "上级代码不在表中：paved 的上级 sea"),
    (changed(FRAMEWORK, "rail", "parent", ""), "恰有一个，现有 2 个：rail、transport"),
    (changed(FRAMEWORK, "transport", "parent", "road"), "一个也没有"),
    (changed(FRAMEWORK, "paved", "weight", None), "缺少权重：paved"),
    (changed(FRAMEWORK, "paved", "weight", -1), r"权重不能为负或无穷：paved（-1）"),
    (changed(FRAMEWORK, "trains", "weight", 0), "rail 的下级权重之和为 0：trains"),
    (changed(FRAMEWORK, "paved", "direction", 0), "指标 paved 的方向应为 1 或 -1，实为 0"),
    (changed(FRAMEWORK, "road", "direction", -1), "合成项 road 的方向应为 1 或留空"),
    (changed(FRAMEWORK, "road", "level", 1), "road 的层级 1 应高于其下级 paved 的层级 1"),
    (changed(FRAMEWORK, "paved", "code", "trains"), "代码重复：trains"),
    (FRAMEWORK.drop(columns="weight"), "指标体系缺少列：weight"),
    (changed(FRAMEWORK, "paved", "weight", "多"), "paved 的 weight 不是数字"),
])
def test_a_framework_that_is_no_tree_is_refused_by_name(table: pd.DataFrame, message: str) -> None:
    with pytest.raises(FrameworkError, match=message):
        load_framework(table)


def test_a_circle_beside_the_root_is_found() -> None:
    table = [("x", "a"), ("a", "b"), ("b", "a"), ("root", ""), ("y", "root")]
    rows = [{"code": code, "parent": parent, "direction": 1, "weight": 1} for code, parent in table]
    with pytest.raises(FrameworkError, match="上下级成环：x → a → b → a"):
        load_framework(rows)


@pytest.mark.parametrize(("data", "framework", "settings", "message"), [
    (DATA.drop(columns="trains"), FRAMEWORK, {}, "指标在数据中没有列：trains"),
    (DATA.assign(trains=NAN), FRAMEWORK, {}, "指标的数值全部缺失：trains"),
    (DATA.assign(trains=["1", "2", "x", "4"]), FRAMEWORK, {}, "trains 有不是数字的值：单位 c"),
    (DATA.assign(trains=[1, 2, np.inf, 4]), FRAMEWORK, {}, "trains 有无穷大的值：单位 c"),
    (DATA.set_axis(list("abca")), FRAMEWORK, {}, "单位重复：a"),
    (DATA.iloc[:0], FRAMEWORK, {}, "数据没有任何单位"),
    (DATA, flat("paved", denominator=["people", ""]), {}, "指标 paved 的分母 people 在数据中没有列"),
    (DATA.assign(people=-1), flat("paved", denominator=["people", ""]), {}, "分母 people 为负：单位 a"),
    (DATA, flat("paved", transform=["log", ""]), {}, "指标 paved 要取对数，但有不大于 0 的值：单位 a"),
    (DATA, FRAMEWORK, {"normalise": "z", "aggregate": "geometric"}, "road 用 geometric 合成，但 paved 有不适用的值"),
    (DATA, FRAMEWORK, {"normalise": "z", "aggregate": "harmonic"}, "单位 a"),
    (DATA, FRAMEWORK, {"normalise": "z", "weight": "entropy"}, "road 的下级（paved、accidents）：熵权法要求数值不为负"),
    (DATA, FRAMEWORK, {"normalise": "goalposts"}, "指标 paved 缺少好坏标杆"),
    (DATA, FRAMEWORK, {"normalise": "goalposts", "goalposts": {"paved": (3, 1)}}, "low < high，实为 3、1"),
    (DATA, FRAMEWORK, {"normalise": "target"}, "指标 paved 缺少目标值"),
    (DATA, FRAMEWORK, {"impute": "group_mean"}, "group_mean 需要 groups"),
    (DATA, FRAMEWORK, {"impute": "group_mean", "groups": {"a": 1}}, "单位没有所属的组：b、c、d"),
    (DATA, FRAMEWORK, {"impute": "carry_forward"}, "（单位、时期）为索引"),
    (DATA, FRAMEWORK, {"weight": "ahp"}, "road 缺少判断矩阵"),
    (DATA, FRAMEWORK, {"normalise_by": {"sea": "z"}}, "normalise_by 所指的不是指标：sea"),
])
def test_bad_input_is_refused_by_name(data: Any, framework: Any, settings: Mapping, message: str) -> None:
    with pytest.raises(IndexBuildError, match=message):
        build_index(data, framework, IndexSteps(**settings))


@pytest.mark.parametrize("settings", [
    {"normalise": "softmax"}, {"weight": "dice"}, {"aggregate": "sum"}, {"impute": "guess"}, {"screen": 2},
    {"scale": (5, 5)}, {"z_scale": (0, 0)}, {"least_share": {2: -1}}, {"winsorise_points": -1},
])
def test_steps_that_do_not_exist_are_refused(settings: Mapping) -> None:
    with pytest.raises(StepsError):
        IndexSteps(**settings)


@pytest.mark.parametrize("method", ["min_max", "z", "rank", "percentile_rank"])
def test_a_constant_indicator_does_not_tell_units_apart_and_is_told(method: str) -> None:
    index = build_index(DATA.assign(trains=7.0), FRAMEWORK, IndexSteps(normalise=method))
    assert index.scores["rail"].tolist() == [{"min_max": 50, "z": 0, "rank": 1, "percentile_rank": 50}[method]] * 4
    told = index.log[index.log["why"].str.contains("不分高下")]
    assert told["code"].tolist() == ["trains"]


def test_a_unit_without_data_has_no_score_no_rank_and_a_line_per_aggregate() -> None:
    index = build_index(pd.concat([DATA, pd.DataFrame(NAN, columns=DATA.columns, index=["e"])]), FRAMEWORK,
                        IndexSteps(impute="mean"))
    assert index.scores.loc["e"].isna().all() and pd.isna(index.rank["e"])
    assert index.log.loc[index.log["unit"] == "e", "code"].tolist() == ["road", "rail", "transport"]
    np.testing.assert_allclose(index.scores.loc[list("abcd")], build_index(DATA, FRAMEWORK).scores)


def test_no_score_is_missing_without_a_line() -> None:
    table = changed(FRAMEWORK, "paved", "weight", 0)
    index = build_index(DATA.assign(accidents=[10, 20, 30, NAN]), table)
    assert np.isnan(index.scores.at["d", "road"]) and index.score["d"] == 100
    assert ("road", "d", "有数据的下级权重均为 0，不合成") in list(
        index.log[["code", "unit", "why"]].itertuples(index=False, name=None))


def test_a_data_error_is_a_value_error() -> None:
    assert issubclass(IndexDataError, IndexBuildError) and issubclass(IndexBuildError, ValueError)
