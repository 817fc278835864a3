"""What must hold of any index whatever the numbers are."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from metrics.index import IndexBuildError, IndexSteps, build_index

CODES = ("a", "b", "c", "d", "e")
PARENTS = {"a": "x", "b": "x", "c": "y", "d": "y", "e": "top"}
NORMALISATIONS = ("min_max", "z", "rank", "percentile_rank", "goalposts", "target")
POSITIVE = ("min_max", "rank", "percentile_rank", "goalposts")


def framework(directions: tuple[int, ...] = (1, -1, 1, -1, 1), weights: tuple[float, ...] = (1, 2, 3, 1, 2),
              factor: float = 1.0) -> pd.DataFrame:
    rows = [(code, PARENTS[code], direction, weight * (factor if PARENTS[code] == "x" else 1), 0.0, 50.0, 30.0)
            for code, direction, weight in zip(CODES, directions, weights, strict=True)]
    rows += [("x", "top", 1, 2.0, np.nan, np.nan, np.nan), ("y", "top", 1, 1.0, np.nan, np.nan, np.nan),
             ("top", "", 1, np.nan, np.nan, np.nan, np.nan)]
    return pd.DataFrame(rows, columns=["code", "parent", "direction", "weight", "low", "high", "target"])


values = st.integers(0, 60).map(float)
holes = st.one_of(values, values, values, st.just(np.nan))
tables = st.lists(st.lists(holes, min_size=5, max_size=5), min_size=2, max_size=9)


def frame(rows: list[list[float]]) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=list(CODES), index=[f"u{place}" for place in range(len(rows))])
    assume(made.notna().any().all())
    return made


def built(data: pd.DataFrame, table: pd.DataFrame | None = None, **steps: Any) -> pd.DataFrame:
    return build_index(data, framework() if table is None else table, IndexSteps(**steps)).scores


@settings(max_examples=60, deadline=None)
@given(tables, st.sampled_from(NORMALISATIONS), st.booleans(), st.sampled_from(["none", "mean", "median"]),
       st.randoms(use_true_random=False))
def test_units_and_codes_may_come_in_any_order(rows: list, normalise: str, treat: bool, impute: str, dice: Any) -> None:
    data, table = frame(rows), framework()
    units, codes = list(data.index), list(range(len(table)))
    dice.shuffle(units)
    dice.shuffle(codes)
    plain = built(data, normalise=normalise, treat=treat, impute=impute)
    other = built(data.loc[units], table.iloc[codes], normalise=normalise, treat=treat, impute=impute)
    np.testing.assert_allclose(other.loc[plain.index, plain.columns], plain, atol=1e-9)


@settings(max_examples=150, deadline=None)
@given(tables, st.sampled_from(NORMALISATIONS), st.sampled_from(["arithmetic", "geometric", "harmonic",
       "inverted_geometric"]), st.integers(0, 4), st.integers(1, 60))
def test_a_better_value_never_worsens_a_score(rows: list, normalise: str, mean: str, place: int, by: int) -> None:
    assume(mean == "arithmetic" or normalise in POSITIVE[:1] + POSITIVE[2:] or
           (normalise == "rank" and mean != "inverted_geometric"))
    data = frame(rows)
    assume(not np.isnan(data.iloc[0, place]))
    better = data.copy()
    better.iloc[0, place] += by if place in (0, 2, 4) else -by
    before = built(data, normalise=normalise, aggregate=mean).iloc[0]
    after = built(better, normalise=normalise, aggregate=mean).iloc[0]
    assert (after >= before - 1e-9 * np.abs(before).clip(lower=1))[before.notna()].all()


@settings(max_examples=60, deadline=None)
@given(tables, st.floats(1e-3, 1e3), st.sampled_from(["arithmetic", "geometric", "inverted_geometric"]))
def test_weights_matter_only_relative_to_their_siblings(rows: list, factor: float, mean: str) -> None:
    data = frame(rows)
    plain = built(data, aggregate=mean, scale=(1, 100))
    scaled = built(data, framework(factor=factor), aggregate=mean, scale=(1, 100))
    np.testing.assert_allclose(scaled, plain, rtol=1e-9)


@settings(max_examples=80, deadline=None)
@given(tables, st.sampled_from(POSITIVE), st.booleans(), st.sampled_from(["arithmetic", "geometric", "harmonic"]),
       st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([None, 0.4]))
def test_every_missing_score_has_a_line_and_means_keep_their_order(
        rows: list, normalise: str, treat: bool, mean: str, least: float, screen: float | None) -> None:
    data = frame(rows)
    try:
        index = build_index(data, framework(), IndexSteps(
            normalise=normalise, treat=treat, aggregate=mean, least_share=least, screen=screen))
    except IndexBuildError as error:
        assert screen is not None and ("没有单位" in str(error) or "全部缺失" in str(error))
        return
    told = set(zip(index.log["unit"], index.log["code"], strict=True)) | {
        (unit, code) for unit in index.log.loc[index.log["step"] == "screen", "unit"] for code in index.scores}
    missing = index.scores.isna().stack()
    assert set(missing[missing].index) <= told
    normalised = index.frames["normalise"]
    assert normalised.isna().equals(index.frames["treat"].isna())
    low, high = np.nanmin(normalised.to_numpy()), np.nanmax(normalised.to_numpy())
    assert (index.scores.isna() | ((index.scores >= low - 1e-9) & (index.scores <= high + 1e-9))).all(axis=None)
    assert index.effective_weights.sum() == pytest.approx(1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.floats(-1e3, 1e3), min_size=5, max_size=5), min_size=3, max_size=8),
       st.sampled_from(["entropy", "critic", "pca"]))
def test_weights_from_data_are_positive_and_sum_to_one(rows: list, method: str) -> None:
    data = pd.DataFrame(rows, columns=list(CODES))
    try:
        index = build_index(data, framework(), IndexSteps(weight={"x": method, "y": method}))
    except IndexBuildError as error:
        assert "各列数值全部相同" in str(error)
        return
    assert (index.weights >= 0).all() and index.effective_weights.sum() == pytest.approx(1)
