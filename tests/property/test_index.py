"""What must hold of the index whatever the numbers are."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.composite import score_units
from metrics.composite_framework import Framework, make_framework
from metrics.policies import IndexTiers
from metrics.statistics import byar_interval, wilson_interval

TIERS = IndexTiers({"red": 60, "orange": 45, "yellow": 30, "blue": 20}, least_data_share=0.5, least_weight_share=0.2)
INDICATORS = ("a", "b", "c", "d")
WORST = np.array([0.5, 0.4, 20.0, 0.3])
BEST = np.array([1.0, 0.9, 0.0, 0.0])
PER = np.array([1.0, 1.0, 100.0, 1.0])
OUTCOMES = ("value", "value", "value", "not_filed", "not_applicable", "too_small")

Cell = tuple[int, int, str]


def framework(dimension_weights: tuple[float, ...] = (3, 2),
              indicator_weights: tuple[float, ...] = (1, 2, 1, 3)) -> Framework:
    rows = [(code, "xxyy"[place], float(indicator_weights[place]), BEST[place], WORST[place])
            for place, code in enumerate(INDICATORS)]
    return make_framework(rows, dict(zip("xy", dimension_weights, strict=True)), weight_noise=0.4)


@st.composite
def a_cell(draw: st.DrawFn) -> Cell:
    denominator = draw(st.integers(1, 60))
    return draw(st.integers(0, denominator)), denominator, draw(st.sampled_from(OUTCOMES))


a_region = st.lists(st.lists(a_cell(), min_size=4, max_size=4), min_size=1, max_size=6)


def cells(region: list[list[Cell]]) -> pd.DataFrame:
    rows = []
    for unit, found in enumerate(region):
        for place, (count, total, outcome) in enumerate(found):
            is_value, per = outcome == "value", PER[place]
            lower, upper = wilson_interval(count, total) if per == 1 else np.array(byar_interval(count)) * per / total
            values = (per * count / total, float(lower), float(upper)) if is_value else (None, None, None)
            rows.append((f"{unit:06d}", "own", INDICATORS[place], *values, outcome))
    names = ["scope_code", "scope", "indicator", "value", "lower", "upper", "outcome"]
    return pd.DataFrame(rows, columns=names).astype({"value": float, "lower": float, "upper": float})


def scores(frame: pd.DataFrame, given_framework: Framework | None = None) -> pd.DataFrame:
    peers = {(unit, "own"): "own" for unit in frame["scope_code"].unique()}
    return score_units(frame, given_framework or framework(), TIERS, peers=peers, seed=3, draws=50).scores


@settings(max_examples=40, deadline=None)
@given(a_region, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(region: list[list[Cell]], dice) -> None:  # type: ignore[no-untyped-def]
    frame = cells(region)
    order = list(range(len(frame)))
    dice.shuffle(order)
    pd.testing.assert_frame_equal(scores(frame), scores(frame.iloc[order]))


@settings(max_examples=40, deadline=None)
@given(a_region, st.integers(0, 3), st.integers(1, 60))
def test_a_better_value_never_worsens_a_score(region: list[list[Cell]], place: int, by: int) -> None:
    count, total, outcome = region[0][place]
    better = min(count + by, total) if BEST[place] > WORST[place] else max(count - by, 0)
    improved = [[*region[0][:place], (better, total, outcome), *region[0][place + 1:]], *region[1:]]
    before, after = scores(cells(region)).iloc[0], scores(cells(improved)).iloc[0]
    assert pd.isna(before["score"]) == pd.isna(after["score"])
    assert pd.isna(before["score"]) or after["score"] <= before["score"] + 1e-9
    assert pd.isna(before["rank"]) or after["rank"] >= before["rank"]  # 1 is the highest risk


@settings(max_examples=25, deadline=None)
@given(a_region, st.floats(0.01, 1000), st.floats(0.01, 1000))
def test_weights_matter_only_relative_to_each_other(region: list[list[Cell]], one: float, other: float) -> None:
    scaled = framework(tuple(one * weight for weight in (3, 2)), tuple(other * weight for weight in (1, 2, 1, 3)))
    plain, found = scores(cells(region)), scores(cells(region), scaled)
    np.testing.assert_allclose(found["score"], plain["score"], atol=1e-9)
    np.testing.assert_allclose(found["data_share"], plain["data_share"], atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(a_region)
def test_scores_shares_and_ranks_stay_in_their_bounds(region: list[list[Cell]]) -> None:
    frame = scores(cells(region))
    known = frame[frame["tier"] != "insufficient"]
    assert known["score"].between(0, 100).all() and frame["data_share"].between(0, 1).all()
    assert (known["lower"] <= known["score"]).all() and (known["score"] <= known["upper"]).all()
    assert known[["p_red", "p_orange", "p_yellow", "p_blue", "p_normal"]].sum(axis=1).round(9).eq(1).all()
    assert known["rank"].between(1, max(len(known), 1)).all()
    assert (known["p_at_least"] >= 0.5 - 1e-3).all()
    assert (known["rank_lower"] <= known["rank"]).all() and (known["rank"] <= known["rank_upper"]).all()
    unknown = frame[frame["tier"] == "insufficient"]
    assert unknown[["score", "lower", "upper", "rank", "tier_probability", "p_red"]].isna().all(axis=None)
