"""The composite index on small tables with numbers worked out by hand, and on the drawn region."""

from collections.abc import Mapping
from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd
import pytest

from data_contracts.periods import month_range
from metrics.catalogue import load_catalogue
from metrics.composite import IndexFrame, score_units
from metrics.composite_framework import Framework, make_framework
from metrics.compute import compute
from metrics.policies import IndexTiers, load_policies
from metrics.statistics import byar_interval, wilson_interval
from tests.drawn import CONTRACTS, drawn_connection
from tests.drawn_region import draw_region

TIERS = IndexTiers({"red": 60, "orange": 45, "yellow": 30, "blue": 20}, least_data_share=0.6, least_weight_share=0.3)

# Two dimensions of weights 0.6 and 0.4; in the first two indicators of weights 3/4 and 1/4, in the second one rate.
ROWS = [("filed", "facilities", 3.0, 1.0, 0.5), ("synchronous", "facilities", 1.0, 1.0, 0.5),
        ("overdue", "inspection", 1.0, 0.0, 20.0)]
FRAMEWORK = make_framework(ROWS, {"facilities": 3.0, "inspection": 2.0}, weight_noise=0.4)
PER = (1.0, 1.0, 100.0)


def weighed(facilities: float) -> Framework:
    """The framework with other weights of the dimensions."""
    return make_framework(ROWS, {"facilities": facilities, "inspection": 1 - facilities}, weight_noise=0.4)


Counts = tuple[float, float] | str


def cells(**units: tuple[Counts, Counts, Counts]) -> pd.DataFrame:
    """One row per unit and indicator: (numerator, denominator) for a value, or the outcome in a word."""
    rows = []
    for unit, found in units.items():
        for name, per, counts in zip(FRAMEWORK.indicators, PER, found, strict=True):
            if isinstance(counts, str):
                rows.append((unit, "own", name, None, None, None, counts))
                continue
            count, total = counts
            if per == 1:
                lower, upper = wilson_interval(count, total)
            else:
                lower, upper = (per * limit / total for limit in byar_interval(count))
            rows.append((unit, "own", name, per * count / total, float(lower), float(upper), "value"))
    columns = ["scope_code", "scope", "indicator", "value", "lower", "upper", "outcome"]
    return pd.DataFrame(rows, columns=columns)


def scored(frame: pd.DataFrame, framework: Framework = FRAMEWORK, **options: int) -> IndexFrame:
    peers = {(unit, "own"): "own" for unit in frame["scope_code"].unique()}
    return score_units(frame, framework, TIERS, peers=peers, **options)


def column(index: IndexFrame, name: str) -> Mapping[str, object]:
    return {str(code): value for code, value in zip(index.scores["scope_code"], index.scores[name], strict=True)}


def test_a_score_is_the_weighted_mean_of_risks() -> None:
    index = scored(cells(
        best=((10, 10), (10, 10), (0, 25)),
        # risks 40, 20 and 40: 0.6 × (0.75 × 40 + 0.25 × 20) + 0.4 × 40 = 21 + 16
        middling=((8, 10), (9, 10), (2, 25)),
        # beyond the worst goalposts on both sides: clipped at 100
        worst=((1, 10), (0, 10), (10, 25)),
    ))
    assert column(index, "score") == pytest.approx({"best": 0, "middling": 37, "worst": 100})
    assert column(index, "tier") == {"best": "normal", "middling": "yellow", "worst": "red"}
    assert column(index, "rank") == {"worst": 1, "middling": 2, "best": 3}


def test_parts_add_up_to_the_score() -> None:
    index = scored(cells(middling=((8, 10), (9, 10), (2, 25)), partly=((8, 10), "not_applicable", (2, 25))))
    parts = index.parts.frame().set_index(["scope_code", "code"])
    numbers = ["weight", "risk", "contribution"]
    assert parts.loc[("middling", "filed"), numbers].tolist() == pytest.approx([0.45, 40, 18])
    assert parts.loc[("middling", "facilities"), numbers].tolist() == pytest.approx([0.6, 35, 21])
    assert parts.loc[("middling", "overdue"), "parent"] == "inspection"
    assert parts.loc[("middling", "inspection"), "parent"] == "index"
    # an indicator that does not apply hands its weight to the others of its dimension
    assert parts.loc[("partly", "filed"), numbers].tolist() == pytest.approx([0.6, 40, 24])
    assert parts.loc[("partly", "synchronous"), numbers].tolist() == pytest.approx([0, np.nan, 0], nan_ok=True)
    sums = index.parts.frame().groupby(["scope_code", "level"])["contribution"].sum().unstack()
    assert sums["indicator"].tolist() == pytest.approx(index.scores["score"].tolist())
    assert sums["dimension"].tolist() == pytest.approx(index.scores["score"].tolist())


def test_a_value_is_drawn_as_wide_as_its_interval_on_either_side() -> None:
    framework = make_framework([(*ROWS[2][:4], 100.0)], {"inspection": 1.0}, weight_noise=0.4)
    frame = cells(unit=("not_applicable", "not_applicable", (6, 12))).assign(value=50.0, lower=30.0, upper=90.0)
    index = scored(frame, framework, draws=20_000)
    assert column(index, "score") == {"unit": 50}
    # one indicator: no weight matters, and the 95 % interval comes out as it went in
    assert column(index, "lower")["unit"] == pytest.approx(30, abs=1)
    assert column(index, "upper")["unit"] == pytest.approx(90, abs=2)


def test_what_was_not_filed_counts_as_missing_and_what_does_not_apply_drops_out() -> None:
    index = scored(cells(
        not_filed=((8, 10), (9, 10), "not_filed"),
        not_applicable=((8, 10), (9, 10), "not_applicable"),
        too_small=((8, 10), (9, 10), "too_small"),
        silent=("not_filed", "not_filed", "not_filed"),
    ))
    data_share = {"not_filed": 0.6, "not_applicable": 1, "too_small": 1, "silent": 0}
    assert column(index, "data_share") == pytest.approx(data_share)
    assert column(index, "score") == pytest.approx(
        {"not_filed": 35, "not_applicable": 35, "too_small": 35, "silent": np.nan}, nan_ok=True)
    assert column(index, "tier")["silent"] == "insufficient"
    assert pd.isna(column(index, "rank")["silent"])
    silent = index.parts.frame()[index.parts.frame()["scope_code"] == "silent"]
    assert silent["contribution"].isna().all() and (silent["weight"] == 0).all()


@pytest.mark.parametrize(("weight", "tier"), [(0.599, "insufficient"), (0.6, "yellow"), (0.601, "yellow")])
def test_below_at_and_above_the_least_share_of_data(weight: float, tier: str) -> None:
    index = scored(cells(unit=((8, 10), (9, 10), "not_filed")), weighed(weight))
    assert column(index, "tier") == {"unit": tier}


@pytest.mark.parametrize(("weight", "tier"), [(0.299, "insufficient"), (0.3, "yellow"), (0.301, "yellow")])
def test_one_small_indicator_alone_is_no_index(weight: float, tier: str) -> None:
    index = scored(cells(unit=((8, 10), (9, 10), "not_applicable")), weighed(weight))
    assert column(index, "data_share") == {"unit": 1}
    assert column(index, "tier") == {"unit": tier}


def test_an_area_of_which_half_filed_has_half_the_data() -> None:
    frame = cells(unit=((8, 10), (9, 10), (2, 25))).assign(coverage=[0.5, 0.5, 1.0])
    assert column(scored(frame), "data_share") == pytest.approx({"unit": 0.7})


@pytest.mark.parametrize(("overdue", "tier"), [
    (3.99, "normal"), (4, "blue"), (5.99, "blue"), (6, "yellow"), (9, "orange"), (11.99, "orange"), (12, "red"),
])
def test_below_and_at_each_cut_off(overdue: float, tier: str) -> None:
    frame = cells(unit=("not_applicable", "not_applicable", (overdue, 100)))  # risk = 5 × rate per hundred
    assert column(scored(frame), "tier") == {"unit": tier}


def test_equal_scores_share_the_worse_rank_and_only_peers_are_ranked() -> None:
    frame = cells(a=((8, 10), (9, 10), (2, 25)), b=((8, 10), (9, 10), (2, 25)), c=((9, 10), (9, 10), (2, 25)),
                  d=((1, 10), (1, 10), (9, 25)))
    peers = {(unit, "own"): "own" for unit in "abc"}
    index = score_units(frame, FRAMEWORK, TIERS, peers=peers)
    assert column(index, "rank") == {"a": 1, "b": 1, "c": 3, "d": pd.NA}


def test_intervals_hold_the_score_and_narrow_with_more_cases() -> None:
    index = scored(cells(few=((8, 10), (9, 10), (2, 25)), many=((800, 1000), (900, 1000), (200, 2500)),
                         faultless=((10, 10), (10, 10), (0, 25))))
    frame = index.scores.set_index("scope_code")
    assert (frame["lower"] <= frame["score"]).all() and (frame["score"] <= frame["upper"]).all()
    width = frame["upper"] - frame["lower"]
    assert width["many"] < width["few"] / 2
    assert frame.loc["faultless", "score"] == 0 and frame.loc["faultless", "upper"] > 5
    assert (frame["rank_lower"] <= frame["rank"]).all() and (frame["rank"] <= frame["rank_upper"]).all()


def test_weights_and_values_that_are_certain_leave_no_room() -> None:
    frame = cells(unit=((30, 40), (9, 10), (2, 25)))
    certain = frame.assign(lower=frame["value"], upper=frame["value"])
    still = make_framework(ROWS, {"facilities": 3.0, "inspection": 2.0}, weight_noise=0.0)
    found = scored(certain, still).scores.iloc[0]
    assert found["lower"] == pytest.approx(found["score"], abs=1e-3) == found["upper"]
    noisy = scored(certain).scores.iloc[0]
    # risks 50, 20 and 40: with weights within 0.6 and 1.4 times themselves a mean of them lies between 35.4 and 46.5
    assert 35.4 < noisy["lower"] < noisy["score"] < noisy["upper"] < 46.5


def test_other_normalisations_widen_the_ranks_and_not_the_scores() -> None:
    # against goalposts b is worse: overdue 2.0 points, filings 0.9; scaled among the two alone, a is
    frame = cells(a=((75, 100), (9, 10), (0, 100)), b=((76, 100), (9, 10), (1, 100)))
    certain = frame.assign(lower=frame["value"], upper=frame["value"])
    still = make_framework(ROWS, {"facilities": 3.0, "inspection": 2.0}, weight_noise=0.0)
    found = scored(certain, still).scores
    np.testing.assert_allclose(found["upper"], found["lower"], atol=1e-3)
    assert found[["rank", "rank_lower", "rank_upper"]].to_numpy().tolist() == [[2, 1, 2], [1, 1, 2]]


def test_the_same_seed_gives_the_same_numbers_and_another_does_not() -> None:
    frame = cells(a=((8, 10), (9, 10), (2, 25)), b=((7, 10), (9, 10), (2, 25)))
    one, two, other = (scored(frame, seed=seed) for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(one.scores, two.scores)
    assert not one.scores["lower"].equals(other.scores["lower"])
    assert one.scores["score"].equals(other.scores["score"])


def test_tier_probabilities_sum_to_one_and_name_the_units_own() -> None:
    frame = scored(cells(a=((8, 10), (9, 10), (2, 25)), b=((3, 10), (9, 10), (9, 25)))).scores
    shares = frame[["p_red", "p_orange", "p_yellow", "p_blue", "p_normal"]]
    assert shares.sum(axis=1).tolist() == pytest.approx([1, 1])
    for row in frame.to_dict("records"):
        assert row["tier_probability"] == row[f"p_{row['tier']}"]


MONTHS = month_range("2025-12", "2026-03")
SILENT = "652902"


@pytest.fixture(scope="module")
def region() -> duckdb.DuckDBPyConnection:
    """Every contract, drawn; one county never filed anything."""
    drawn = draw_region(1, MONTHS[0], MONTHS[-1])
    silence = {key: "missing" for key in drawn["states"] if key[1] == SILENT}
    filed = {name: [row for row in drawn[name] if row["division_code"] != SILENT] for name in [*CONTRACTS, "faults"]}
    states = {**drawn["states"], **silence}
    firsts = {key: status for key, status in drawn["first_statuses"].items() if key not in silence}
    connection = drawn_connection(**{**drawn, **filed, "states": states, "first_statuses": firsts})
    compute(connection, first_period=MONTHS[0], period=MONTHS[-1])
    return connection


def test_every_reading_has_a_score_row_and_parts_in_every_month(region: duckdb.DuckDBPyConnection) -> None:
    readings = region.execute("SELECT count(DISTINCT (scope_code, scope)) FROM scopes").fetchone()
    months = region.execute("SELECT period, count(*) FROM index_scores GROUP BY period ORDER BY period").fetchall()
    assert months == [(month, readings[0]) for month in MONTHS]
    parts = region.execute("SELECT DISTINCT count(*) FROM index_parts GROUP BY scope_code, scope, period").fetchall()
    assert parts == [(len(load_catalogue().indicators) + len(load_catalogue().dimensions),)]


def test_own_and_area_of_a_reporter_with_nobody_below_read_the_same(region: duckdb.DuckDBPyConnection) -> None:
    rows = region.execute("""
        SELECT scope, score, lower, upper, tier, tier_probability FROM index_scores
        WHERE scope_code = '652901' AND period = '2026-03' ORDER BY scope""").fetchall()
    assert rows[0][1:] == rows[1][1:] and rows[0][1] is not None


def test_who_is_ranked_with_whom(region: duckdb.DuckDBPyConnection) -> None:
    ranked = region.execute("""
        SELECT scope, list(scope_code ORDER BY scope_code) FROM index_scores
        WHERE period = '2026-03' AND rank IS NOT NULL GROUP BY scope ORDER BY scope""").fetchall()
    # who filed nothing has no score, and so no rank
    assert ranked == [("area", ["652900", "660100"]), ("own", ["650000", "652900", "652901", "660100"])]
    unranked = region.execute("""
        SELECT scope_code, score IS NOT NULL FROM index_scores
        WHERE period = '2026-03' AND scope = 'area' AND rank IS NULL ORDER BY 1""").fetchall()
    assert unranked == [("650000", True), ("652901", True), ("652902", False), ("660000", True)]


def test_a_month_is_scored_with_the_weights_of_its_day(region: duckdb.DuckDBPyConnection) -> None:
    weights = dict(region.execute("""
        SELECT period, weight FROM index_parts WHERE scope_code = '650000' AND scope = 'area' AND code = 'inspection'
    """).fetchall())
    # over the whole region every dimension is known, so all weights count: those from 2026-03-01, and those before
    for month, weight in {"2026-02": 20, "2026-03": 25}.items():
        assert weights[month] == pytest.approx(weight / sum(load_policies().at(month).weights.dimensions.values()))


def test_the_policies_stand_in_the_snapshot(region: duckdb.DuckDBPyConnection) -> None:
    found = region.execute("SELECT policy, valid_from, source, reason, body FROM policies ORDER BY ALL").fetchall()
    expected = load_policies().frame().itertuples(index=False, name=None)
    assert [row[:2] for row in found] == [row[:2] for row in expected]


def test_index_tiers_that_ship_are_ordered() -> None:
    limits = load_policies().at("2026-09").index_tiers.cut_offs
    assert all(worse > better for worse, better in pairwise(limits.values()))
