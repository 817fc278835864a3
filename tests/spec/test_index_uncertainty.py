"""How sure an index is: the vectorised runs against build_index run by run, and what the tables say."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from metrics.index import (
    Choices,
    FrameworkError,
    IndexDataError,
    IndexSteps,
    StepsError,
    build_index,
    compare,
    correlations,
    explore,
    explore_apart,
    load_framework,
    remove_one,
)
from metrics.index.sensitivity import find_drivers, sobol_shares
from metrics.index.side_by_side import explore_side_by_side

NAN = float("nan")
STEPS = IndexSteps(scale=(1, 100), least_share=0.5)
ALL = Choices(weight_noise={1: 0.3, 2: 0.2}, weight=("given", "equal", "entropy"),
              normalise=("min_max", "percentile_rank"), aggregate=("arithmetic", ("geometric", "arithmetic")),
              treat=(False, True), leave_out=True)


def framework() -> pd.DataFrame:
    rows = [(f"i{place}", f"d{place // 3}", 1, 1 if place % 4 else -1, 1.0 + place % 3) for place in range(9)]
    rows += [("alone", "top", 1, 1, 1.0), *((f"d{place}", "top", 2, 1, place + 1.0) for place in range(3)),
             ("top", "", 3, 1, NAN)]
    return pd.DataFrame(rows, columns=["code", "parent", "level", "direction", "weight"])


def data(units: int = 25, holes: bool = True) -> pd.DataFrame:
    generator = np.random.default_rng(3)
    codes = [code for code in framework()["code"] if code.startswith(("i", "alone"))]
    made = pd.DataFrame(generator.lognormal(size=(units, 10)), columns=codes,
                        index=[f"u{place:02d}" for place in range(units)])
    if holes:
        made = made.mask(generator.random(made.shape) < 0.1)
        made.loc["u03", ["i0", "i1"]] = NAN
    return made


def by_build_index(found: Any, run: int) -> pd.Series:
    """One run again, by the step-by-step engine with that run's choices."""
    chosen = found.runs.loc[run]
    table = framework().set_index("code")
    table.loc[found.weights.columns, "weight"] = found.weights.loc[run].to_numpy(float)
    varied = load_framework(table.rename_axis("code").reset_index())
    if chosen["left_out"] is not None and not pd.isna(chosen["left_out"]):
        varied = varied.without(chosen["left_out"])
    steps = replace(STEPS, normalise=chosen["normalise"], aggregate=chosen["aggregate"], treat=chosen["treat"])
    return build_index(data(), varied, steps).score


def test_each_run_is_the_index_that_build_index_gives_for_its_choices() -> None:
    found = explore(data(), framework(), STEPS, ALL, runs=300, seed=5)
    assert found.runs["left_out"].nunique() > 5 and found.runs.groupby(["normalise", "treat"]).ngroups == 4
    for run in range(0, 300, 6):
        expected = by_build_index(found, run)
        np.testing.assert_allclose(found.scores[run], expected, rtol=2e-4)
        ranks = expected.rank(ascending=False, method="min")
        assert np.abs(found.ranks[run] - ranks).max() <= 1  # single precision may part a tie


def test_without_any_variation_every_run_is_the_index() -> None:
    found = explore(data(), framework(), STEPS, Choices(weight_noise=0), runs=20)
    assert Choices(weight_noise=0).sources == ()
    np.testing.assert_allclose(found.scores, np.tile(found.index.score, (20, 1)), rtol=1e-5)
    summary = found.summary
    assert (summary["rank_lower"] == summary["rank"]).all() and (summary["rank_upper"] == summary["rank"]).all()


def test_sampling_error_has_the_spread_of_the_interval_and_certain_values_none() -> None:
    values = pd.DataFrame({"x": [10.0, 20, 30, NAN], "y": [1.0, 1, 1, 1]}, index=list("abcd"))
    lower, upper = values.assign(x=values["x"] - 2), values.assign(x=values["x"] + 4)
    lower.loc["c"] = upper.loc["c"] = NAN
    table = [("x", "top", 1, 1), ("y", "top", 1, 0), ("top", "", 1, 1)]
    rows = [dict(zip(("code", "parent", "direction", "weight"), row, strict=True)) for row in table]
    found = explore(values, rows, IndexSteps(normalise="none", impute="mean"), Choices(0, lower=lower, upper=upper),
                    runs=20_000, interval=(0.025, 0.975))
    assert found.summary["lower"].tolist() == pytest.approx([8, 18, 30, 20], abs=0.1)
    assert found.summary["upper"].tolist() == pytest.approx([14, 24, 30, 20], abs=0.2)
    assert np.quantile(found.scores[:, 0], 0.5) == pytest.approx(10, abs=0.06)
    assert np.corrcoef(found.scores[:, 0], found.scores[:, 1])[0, 1] == pytest.approx(0, abs=0.03)


def test_intervals_are_denominated_like_their_values() -> None:
    values = pd.DataFrame({"x": [0.0, 20], "people": [10.0, 10]}, index=list("ab"))
    lower = pd.DataFrame({"x": [0.0, 16]}, index=list("ab"))
    upper = pd.DataFrame({"x": [4.0, 30]}, index=list("ab"))
    rows = [{"code": "x", "parent": "top", "direction": 1, "weight": 1, "denominator": "people", "per": 100},
            {"code": "top", "parent": "", "direction": 1, "weight": 1}]
    found = explore(values, rows, IndexSteps(normalise="none"), Choices(0, lower=lower, upper=upper), runs=20_000,
                    interval=(0.025, 0.975))
    assert found.summary["lower"].tolist() == pytest.approx([0, 160], abs=1.5)
    assert found.summary["upper"].tolist() == pytest.approx([40, 300], abs=3)


def test_the_same_seed_gives_the_same_and_units_may_come_in_any_order() -> None:
    values = data()
    sure = replace(ALL, lower=values * 0.9, upper=values * 1.2)
    one = explore(values, framework(), STEPS, sure, runs=400, seed=8, cut_offs={"red": 60, "blue": 40})
    again = explore(values.iloc[::-1], framework(), STEPS, sure, runs=400, seed=8, cut_offs={"red": 60, "blue": 40})
    other = explore(values, framework(), STEPS, sure, runs=400, seed=9)
    pd.testing.assert_frame_equal(again.summary.loc[one.summary.index], one.summary, rtol=1e-5)
    assert not other.summary["lower"].equals(one.summary["lower"])


def test_tiers_sum_to_one_and_name_the_units_own() -> None:
    found = explore(data(), framework(), STEPS, Choices(0.5), runs=500, cut_offs={"blue": 25, "red": 60, "yellow": 40})
    assert found.tiers is not None and list(found.tiers.columns) == ["red", "yellow", "blue", "normal"]
    assert found.tiers.sum(axis=1).tolist() == pytest.approx([1] * 25)
    for unit, row in found.summary.iterrows():
        score = row["score"]
        tier = "red" if score >= 60 else "yellow" if score >= 40 else "blue" if score >= 25 else "normal"
        assert row["tier"] == tier and row["tier_probability"] == found.tiers.at[unit, tier]
    share = (found.scores >= 60).mean(axis=0)
    assert found.tiers["red"].tolist() == pytest.approx(share.tolist())


def test_a_unit_without_a_score_has_no_interval() -> None:
    values = pd.concat([data(), pd.DataFrame(NAN, columns=data().columns, index=["silent"])])
    found = explore(values, framework(), replace(STEPS, screen=0.1), ALL, runs=100, cut_offs={"red": 60})
    row = found.summary.loc["silent"]
    assert row["scored"] == 0 and row.drop("scored").isna().all()
    assert found.tiers is not None and found.tiers.loc["silent"].isna().all()
    assert found.summary["scored"].drop("silent").eq(1).all()


def test_panels_are_ranked_within_their_period() -> None:
    values = data(24, holes=False).set_index(pd.MultiIndex.from_product([range(12), [2024, 2025]]))
    found = explore(values, framework(), STEPS, runs=50)
    assert np.sort(found.ranks[:, ::2], axis=1)[0].tolist() == list(range(1, 13))


def test_sources_apart_and_together() -> None:
    values = data()
    table = explore_apart(values, framework(), STEPS, replace(ALL, lower=values * 0.9, upper=values * 1.2), runs=300)
    assert list(table.index) == ["weight_noise", "weight", "normalise", "aggregate", "treat", "leave_out", "sampling",
                                 "together"]
    assert table["mean_width"].idxmax() == "together" and (table["mean_shift"] > 0).all()


@pytest.mark.parametrize(("choices", "error", "message"), [
    ({"weight_noise": 2}, StepsError, "权重扰动"), ({"normalise": ("softmax",)}, StepsError, "softmax"),
    ({"lower": data()}, StepsError, "lower 与 upper"),
    ({"lower": data() * 2, "upper": data() * 3}, IndexDataError, "区间不含其值（lower）"),
    ({"lower": data()[["i0"]], "upper": data()}, IndexDataError, "lower 没有指标的列：i1"),
    ({"normalise": ("z",), "aggregate": ("geometric",)}, IndexDataError, "用 geometric 合成"),
])
def test_choices_that_cannot_be_are_refused(choices: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        explore(data(), framework(), STEPS, Choices(**choices), runs=10)
    with pytest.raises(StepsError, match="没有变动的来源"):
        Choices().only("treat")


def test_sobol_shares_of_ishigami() -> None:
    """Analytic, a = 7, b = 0.1: Ishigami & Homma 1990; the acceptance reference."""
    def ishigami(x: np.ndarray) -> np.ndarray:
        return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])

    shares = sobol_shares(ishigami, dict.fromkeys("abc", (-np.pi, np.pi)), base_runs=4096, seed=1)
    assert shares["first"].tolist() == pytest.approx([0.313905, 0.442411, 0], abs=0.02)
    assert shares["total"].tolist() == pytest.approx([0.557589, 0.442411, 0.243684], abs=0.02)
    assert (sobol_shares(lambda x: np.ones(len(x)), {"a": (0, 1)}, base_runs=8) == 0).all(axis=None)


def test_the_choice_that_alone_moves_ranks_has_the_whole_share() -> None:
    found = find_drivers(data(holes=False), framework(), STEPS, Choices(0.0, normalise=("min_max", "rank"),
                         treat=(True, True)), base_runs=64)
    assert found.shares["total"].to_dict() == pytest.approx({"normalise": 1, "treat": 0}, abs=0.05)
    assert found.evaluations == 64 * 4
    both = find_drivers(data(), framework(), STEPS, ALL, base_runs=256)
    assert list(both.shares.index) == list(ALL.sources)
    assert both.shares["total"].sum() > 0.9 and (both.shares["total"] > -0.05).all()
    assert both.ranks.groupby("unit").size().eq(len(ALL.sources)).all()
    with pytest.raises(StepsError, match="没有任何变动"):
        find_drivers(data(), framework(), STEPS, Choices(0.0))


def test_remove_one_names_who_moves_and_what_cannot_be_left_out() -> None:
    values = pd.DataFrame({"x": [1.0, 2, 3], "y": [3.0, 2, 1], "z": [5.0, 9, 9]}, index=list("abc"))
    rows = [("x", "top", 1, 5), ("y", "top", 1, 1), ("z", "top", 1, 0), ("top", "", 1, 1)]
    table = [dict(zip(("code", "parent", "direction", "weight"), row, strict=True)) for row in rows]
    found = remove_one(values, table)
    assert found.loc["x", ["mean_shift", "greatest_shift", "unit"]].tolist() == [pytest.approx(4 / 3), 2, "a"]
    assert found.loc["z", "mean_shift"] == 0 and found.loc["x", "correlation"] == pytest.approx(-1)
    alone = remove_one(values, [table[0], table[3]])
    assert alone.at["x", "problem"] == "去掉 x 后指标体系没有剩余指标"
    assert list(remove_one(data(), framework(), level=2).index) == ["d0", "d1", "d2"]
    with pytest.raises(FrameworkError, match="没有第 7 级"):
        remove_one(values, table, level=7)


def test_correlations_flag_what_is_counted_twice_and_what_cancels_out() -> None:
    base = np.arange(20.0)
    noise = np.random.default_rng(0).normal(size=(20, 2))
    values = pd.DataFrame({"a": base, "b": base * 2 + noise[:, 0] / 10, "c": -base + noise[:, 1], "d": noise[:, 0]})
    rows = [("a", "p"), ("b", "p"), ("c", "p"), ("d", "q"), ("p", "top"), ("q", "top"), ("top", "")]
    table = [{"code": code, "parent": parent, "direction": 1, "weight": 1} for code, parent in rows]
    found = correlations(build_index(values, table)).set_index(["code", "other"])
    assert found.loc[("a", "b"), ["kind", "flag", "pairs"]].tolist() == ["within", "collinear", 20]
    assert found.at[("a", "c"), "flag"] == "opposed" and found.at[("c", "p"), "flag"] == "opposed"
    assert found.at[("a", "d"), "kind"] == "across" and found.at[("a", "d"), "flag"] == ""
    assert found.at[("d", "q"), "correlation"] == pytest.approx(1)
    with pytest.raises(StepsError, match="correlations 没有方法"):
        correlations(build_index(values, table), method="cosine")


def test_two_versions_side_by_side() -> None:
    before, after = pd.Series({"a": 3.0, "b": 2, "c": 1}), pd.Series({"a": 1.0, "b": 2, "d": 3})
    found = compare(before, after)
    assert list(found.index) == ["d", "b", "a", "c"]
    assert found["change"].tolist() == [pd.NA, 0, -2, pd.NA]


SIDES = {"min_max": 60, "percentile_rank": 40, "z": 25}


def test_side_by_side_each_normalisation_has_the_runs_that_it_has_when_explored_alone() -> None:
    values = data()
    known = values[[code for code in values if code != "unit"]]
    sure = Choices(0.4, leave_out=True, lower=known * 0.9, upper=known * 1.2)
    found = explore_side_by_side(values, framework(), STEPS, sure, SIDES, seed=8)
    for name, runs in SIDES.items():
        steps = replace(STEPS, normalise=name)
        alone = explore(values, framework(), steps, sure, runs=max(SIDES.values()), seed=8)
        np.testing.assert_array_equal(found.scores[name], alone.scores[:runs])
        built = build_index(values, framework(), steps).score.to_numpy(float)
        np.testing.assert_allclose(found.undrawn[name], built, rtol=1e-5)
    assert found.index.steps == STEPS


@pytest.mark.parametrize("runs", [{}, {"min_max": 0}])
def test_side_by_side_needs_a_run_of_each_normalisation(runs: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="至少抽一次"):
        explore_side_by_side(data(), framework(), STEPS, Choices(), runs)


def test_side_by_side_nothing_but_the_normalisation_may_have_alternatives() -> None:
    with pytest.raises(ValueError, match="只有标准化"):
        explore_side_by_side(data(), framework(), STEPS, Choices(treat=(False, True)), {"min_max": 5})
