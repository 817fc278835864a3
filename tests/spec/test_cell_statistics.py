"""What a cell is worth: place among its peers, own history, trust; silence has no statistics, and none is another's.

Peers are recomputed by loops with scipy and statsmodels, histories by pymannkendall; that the statistics themselves are
right is the business of `tests/unit` and `tests/property`.
"""

import random
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pymannkendall
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats
from statsmodels.stats.multitest import multipletests

from metrics.catalogue import load_catalogue
from metrics.cell_statistics import compute_cell_statistics
from metrics.own_history import SIGNALS, Rhythm, Series, judge_history, points_of
from metrics.policies import PolicyError, load_policies
from metrics.statistics_policy import StatisticsPolicy, statistics_policy
from tests.drawn import DIVISIONS, DrawnDivision, drawn_connection, with_cells
from tests.drawn_region import draw_region
from tests.spec.test_policies import edited

NAN = float("nan")
REPORTERS = [division.division_code for division in DIVISIONS if division.is_reporter]
FUNNEL = ["expected_value", "lower_95", "upper_95", "lower_998", "upper_998", "phi", "tau2", "funnel_z",
          "funnel_position", "funnel_judgement", "p_value", "p_adjusted", "is_discovery", "shrunk_value"]  # fmt: skip
HISTORY = ["xmr_centre", "xmr_lower", "xmr_upper", "xmr_signal", "xmr_judgement", "assurance", "trend_slope",
           "trend_p", "trend_judgement"]  # fmt: skip
POLICY = statistics_policy(load_policies().body("statistics", date(2026, 3, 31)))


def with_statistics(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    periods = [row[0] for row in with_cells(connection).execute("SELECT period FROM months ORDER BY 1").fetchall()]
    compute_cell_statistics(connection, catalogue=load_catalogue(), periods=periods)
    return connection


def organisations(shares: Mapping[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """So many of so many organisations with a named post, by reporter: `secrecy_body_share` by hand."""
    return [
        {"division_code": code, "period": "2026Q1", "organisation_code": f"{code}-{n}", "has_secrecy_post": n < of_them}
        for code, (of_them, count) in shares.items()
        for n in range(count)
    ]


def rows_of(connection: duckdb.DuckDBPyConnection, indicator: str = "secrecy_body_share", period: str = "2026-03",
            scope: str = "own") -> pd.DataFrame:  # fmt: skip
    found = connection.execute("""
        SELECT * FROM cell_statistics JOIN cells USING (indicator, scope_code, scope, period)
        WHERE group_kind = 'all' AND indicator = $1 AND period = $2 AND scope = $3""", [indicator, period, scope]).df()
    return found.set_index("scope_code").loc[REPORTERS]


def shares(drawn: Mapping[str, tuple[int, int]], **more: Any) -> pd.DataFrame:
    return rows_of(with_statistics(drawn_connection(organisations=organisations(drawn), **more)))


@pytest.fixture(scope="module")
def region() -> duckdb.DuckDBPyConnection:
    return with_statistics(drawn_connection(**draw_region(1)))


@pytest.fixture(scope="module")
def region_rows(region: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    return region.execute("""
        SELECT cell_statistics.*, cells.numerator, cells.denominator, value, lower, upper, outcome, kind, direction, per
        FROM cell_statistics
        JOIN cells USING (indicator, scope_code, scope, period) JOIN indicators USING (indicator)
        WHERE group_kind = 'all'""").df()


# ---------------------------------------------------------------------------------------------------------- outcomes


def test_every_cell_has_one_row(region: duckdb.DuckDBPyConnection, region_rows: pd.DataFrame) -> None:
    (cells,) = region.execute("SELECT count(*) FROM cells WHERE group_kind = 'all'").fetchall()[0]
    (rows,) = region.execute("SELECT count(*) FROM cell_statistics").fetchall()[0]
    assert cells == rows == len(region_rows)


def test_what_is_no_value_has_no_statistics_and_never_a_zero(region_rows: pd.DataFrame) -> None:
    silent = region_rows[region_rows["outcome"] != "value"]
    assert set(silent["outcome"]) == {"not_filed", "not_applicable", "too_small"}
    assert silent[[*FUNNEL, *HISTORY, "history_points", "reliability"]].isna().all(axis=None)
    assert silent["reliability_reasons"].map(len).eq(0).all()


def test_all_silent() -> None:
    missing = {("organisations", code, "2026Q1"): "missing" for code in REPORTERS}
    found = rows_of(with_statistics(drawn_connection(states=missing)))
    assert set(found["outcome"]) == {"not_filed"}
    assert found[[*FUNNEL, *HISTORY]].isna().all(axis=None)
    assert found["completeness"].tolist() == [0] * 5
    assert found[["newest_filing_on", "data_age_days"]].isna().all(axis=None)


def test_one_division_only_is_compared_with_nobody_and_yet_graded() -> None:
    missing = {("organisations", code, "2026Q1"): "missing" for code in REPORTERS if code != "652901"}
    found = shares({"652901": (8, 10)}, states=missing)
    assert found.loc["652901", FUNNEL].isna().all()
    assert found.loc["652901", "reliability"] == "D"
    assert found["completeness"].to_dict() == {code: float(code == "652901") for code in REPORTERS}


@pytest.mark.parametrize(("silent", "is_compared"), [(0, True), (1, False)])
def test_fewer_peers_than_the_policy_asks_make_no_funnel(silent: int, is_compared: bool) -> None:
    assert POLICY.least_peers == len(REPORTERS)
    missing = {("organisations", code, "2026Q1"): "missing" for code in REPORTERS[:silent]}
    found = shares(dict.fromkeys(REPORTERS[silent:], (8, 10)), states=missing)
    assert found[FUNNEL].notna().any(axis=None) == is_compared


def test_a_denominator_of_zero_is_not_applicable_and_counts_for_nobody() -> None:
    everyone = dict.fromkeys(REPORTERS, (8, 10))
    found = shares({**everyone, "650000": (0, 0)})
    assert found.loc["650000", "outcome"] == "not_applicable"
    assert found[FUNNEL].isna().all(axis=None)  # four are left, and five are asked for
    assert found["completeness"].tolist() == [1] * 5


def test_where_nobody_has_an_event_nobody_stands_out() -> None:
    found = rows_of(
        with_statistics(drawn_connection(organisations=organisations(dict.fromkeys(REPORTERS, (8, 10))))),
        "overdue_open_per_100_organisations",
    )
    assert found["value"].tolist() == [0] * 5
    assert found["expected_value"].tolist() == [0] * 5
    assert found[["funnel_z", "funnel_position", "p_value", "is_discovery", "lower_95"]].isna().all(axis=None)


# ------------------------------------------------------------------------------------------------------------- peers


def test_equal_shares_lie_in_the_middle() -> None:
    found = shares(dict.fromkeys(REPORTERS, (8, 10)))
    assert found["expected_value"].tolist() == pytest.approx([0.8] * 5)
    assert found["funnel_z"].tolist() == pytest.approx([0] * 5)
    assert found["p_value"].tolist() == pytest.approx([1] * 5)
    assert set(found["funnel_position"]) == set(found["funnel_judgement"]) == {"inside"}
    assert found["shrunk_value"].tolist() == pytest.approx([0.8] * 5)
    assert not found["is_discovery"].any()


DRAWN = {"650000": (30, 40), "652900": (33, 40), "652901": (12, 60), "652902": (45, 50), "660100": (20, 25)}


def test_shares_by_hand() -> None:
    found = shares(DRAWN)
    over, under = (np.array([DRAWN[code][side] for code in REPORTERS], float) for side in (0, 1))
    average = over.sum() / under.sum()
    deviation = np.arcsin(np.sqrt(over / under)) - np.arcsin(np.sqrt(average))
    error = 1 / (2 * np.sqrt(under))
    plain = deviation / error
    drawn_in = np.clip(plain, *np.quantile(plain, [0.1, 0.9]))
    weight = error**-2
    tau2 = max(0, (np.sum(drawn_in**2) - 4) / (weight.sum() - np.sum(weight**2) / weight.sum()))
    z = deviation / np.sqrt(error**2 + tau2)
    assert tau2 > 0
    assert found["expected_value"].tolist() == pytest.approx([average] * 5)
    assert found["tau2"].tolist() == pytest.approx([tau2] * 5)
    assert found["phi"].tolist() == pytest.approx([np.mean(drawn_in**2)] * 5)
    assert found["funnel_z"].tolist() == pytest.approx(list(z))
    assert found["p_value"].tolist() == pytest.approx(list(2 * stats.norm.sf(abs(z))))
    for row, n in zip(found.itertuples(), under, strict=True):
        for confidence, low, high in ((0.95, row.lower_95, row.upper_95), (0.998, row.lower_998, row.upper_998)):
            quantile = stats.norm.ppf(1 - (1 - confidence) / 2)

            def beyond(share: float, n: float = n, quantile: float = quantile) -> float:
                distance = abs(np.arcsin(np.sqrt(share)) - np.arcsin(np.sqrt(average)))
                return float(distance - quantile * np.sqrt(1 / (4 * n) + tau2))

            for bound, end in ((low, 0.0), (high, 1.0)):
                expected = end if beyond(end) <= 0 else optimize.brentq(beyond, *sorted((average, end)))
                assert bound == pytest.approx(expected, abs=1e-9)


def test_rates_by_hand(region_rows: pd.DataFrame) -> None:
    rates = region_rows[(region_rows["kind"] == "rate") & (region_rows["peer_set"] == "own")]
    rates = rates[rates["funnel_z"].notna()]
    assert len(rates) > 20
    for _, group in rates.groupby(["indicator", "period"]):
        over, under = group["numerator"].to_numpy(), group["denominator"].to_numpy()
        expected = under * over.sum() / under.sum()
        z = (np.sqrt(over / expected) - 1) / np.sqrt(1 / (4 * expected) + group["tau2"])
        assert group["funnel_z"].tolist() == pytest.approx(list(z))
        rate = group["per"].iloc[0] * over.sum() / under.sum()
        assert group["expected_value"].tolist() == pytest.approx([rate] * len(group))


def test_a_cell_lies_beyond_a_limit_exactly_when_its_value_does(region_rows: pd.DataFrame) -> None:
    known = region_rows[region_rows["funnel_position"].notna()]
    value = known["value"]
    expected = np.select(
        [value < known["lower_998"], value < known["lower_95"], value > known["upper_998"], value > known["upper_95"]],
        ["low_998", "low_95", "high_998", "high_95"], "inside",
    )  # fmt: skip
    assert known["funnel_position"].tolist() == expected.tolist()
    assert {"low_95", "high_95", "inside"} <= set(expected)
    is_good = known["funnel_position"].str.startswith("high") == (known["direction"] == "higher_is_better")
    judged = np.where(expected == "inside", "inside", np.where(is_good, "better", "worse"))
    assert known["funnel_judgement"].tolist() == judged.tolist()
    assert (known["lower_998"] <= known["lower_95"]).all() and (known["upper_95"] <= known["upper_998"]).all()


def test_discoveries_are_those_of_statsmodels_over_all_divisions_and_indicators_of_a_month(
    region_rows: pd.DataFrame,
) -> None:
    tested = region_rows[region_rows["p_value"].notna()]
    assert set(tested["peer_set"]) == {"own"}  # the drawn region has too few prefectures and 师 for a second set
    for _, month in tested.groupby("period"):
        is_found, adjusted, *_ = multipletests(month["p_value"], alpha=POLICY.false_discovery, method="fdr_bh")
        assert month["p_adjusted"].tolist() == pytest.approx(list(adjusted))
        assert month["is_discovery"].tolist() == list(is_found)


def test_the_shrunken_share_lies_between_the_own_and_the_average(region_rows: pd.DataFrame) -> None:
    known = region_rows[region_rows["shrunk_value"].notna()]
    low, high = known[["value", "expected_value"]].min(axis=1), known[["value", "expected_value"]].max(axis=1)
    assert known["shrunk_value"].between(low - 1e-9, high + 1e-9).all()
    found = shares(DRAWN)
    over, under = found["numerator"].to_numpy(), found["denominator"].to_numpy()
    average = over.sum() / under.sum()
    scatter = np.sum(under * (over / under - average) ** 2) / under.sum()
    spread = scatter - average * (1 - average) / under.mean()
    weight = spread / (spread + average * (1 - average) / under)
    assert found["shrunk_value"].tolist() == pytest.approx(list(average + weight * (over / under - average)))


def test_only_readings_with_peers_and_only_counts_are_compared(region_rows: pd.DataFrame) -> None:
    assert region_rows.loc[region_rows["peer_set"].isna(), FUNNEL].isna().all(axis=None)
    durations = region_rows[(region_rows["kind"] == "duration") & (region_rows["outcome"] == "value")]
    assert not durations.empty
    assert durations[FUNNEL].isna().all(axis=None)
    assert durations["history_points"].notna().all()


def many_divisions(count: int) -> tuple[DrawnDivision, ...]:
    """A region with so many prefectures, so that areas have peers too."""
    codes = [f"65{number}00" for number in range(21, 21 + count)]
    return (DIVISIONS[0], *(DrawnDivision(code, f"地区{code}", "prefecture", "650000") for code in codes))


def test_areas_are_compared_with_areas() -> None:
    divisions = many_divisions(6)
    drawn = {division.division_code: (n + 3, 10) for n, division in enumerate(divisions)}
    connection = with_statistics(drawn_connection(divisions=divisions, organisations=organisations(drawn)))
    found = connection.execute("""
        SELECT peer_set, count(*), any_value(expected_value) FROM cell_statistics
        WHERE indicator = 'secrecy_body_share' AND period = '2026-03' GROUP BY ALL ORDER BY ALL""").fetchall()
    assert found[0] == ("area", 6, pytest.approx((4 + 5 + 6 + 7 + 8 + 9) / 60))
    assert found[1] == ("own", 7, pytest.approx((3 + 4 + 5 + 6 + 7 + 8 + 9) / 70))
    assert found[2] == (None, 1, None)  # the region has no peers as an area


# ----------------------------------------------------------------------------------------------------------- history

MONTHLY = Rhythm(1, 1, 1.0)


def judged(values: list[float], *, month: int | None = None, target: float = NAN, higher_is_better: bool = True,
           unit: float = 0.0,
           rhythm: Rhythm = MONTHLY, policy: StatisticsPolicy = POLICY) -> dict[str, float]:  # fmt: skip
    unit_of = np.full((1, len(values)), unit)
    goal = np.full((1, len(values)), target)
    series = Series(np.array([values], float), unit_of, goal, np.array([higher_is_better]), rhythm)
    found = judge_history(series, len(values) - 1 if month is None else month, policy)
    return {name: float(column[0]) for name, column in found.items()}


STEADY = [3.0, 5, 4, 6, 5, 4, 6, 5]


def test_limits_by_hand() -> None:
    found = judged(STEADY, target=3.0)
    ranges = np.abs(np.diff(STEADY))
    assert found["xmr_centre"] == pytest.approx(np.mean(STEADY))
    assert found["xmr_upper"] - found["xmr_centre"] == pytest.approx(2.66 * ranges.mean())
    assert (found["signal"], found["judged"], found["assured"]) == (0, 0, 0)
    assert found["history_points"] == 8


@pytest.mark.parametrize(("organisations_in_all", "signal"), [(34, "none"), (340, "outside")])
def test_one_event_more_or_less_is_no_signal(organisations_in_all: int, signal: str) -> None:
    lost_one = [32 / 34] * 5 + [31 / 34] * 3  # a stock that lost one in two years, and the same of ten times as many
    found = judged(lost_one, unit=1 / organisations_in_all)
    assert SIGNALS[int(found["signal"])] == signal


@pytest.mark.parametrize(("points", "is_known"), [(7, False), (8, True)])
def test_a_history_too_short_for_a_chart_has_none_and_says_how_short(points: int, is_known: bool) -> None:
    found = judged(STEADY[:points])
    assert np.isfinite(found["xmr_centre"]) == np.isfinite(found["trend_p"]) == is_known
    assert found["history_points"] == points
    assert judged([*STEADY[:4], NAN, *STEADY[4:points]])["history_points"] == points  # a gap is no point


def test_a_month_without_a_value_is_judged_by_nothing() -> None:
    assert all(np.isnan(one) for one in judged([*STEADY, NAN]).values())


@pytest.mark.parametrize(
    ("last", "higher_is_better", "signal", "judgement"),
    [(30.0, True, "outside", 1), (30.0, False, "outside", -1), (-30.0, True, "outside", -1), (5.0, True, "none", 0)],
)
def test_a_signal_is_for_better_or_worse_by_the_direction(
    last: float, higher_is_better: bool, signal: str, judgement: int
) -> None:
    found = judged([*STEADY, *STEADY, last], higher_is_better=higher_is_better)
    assert (SIGNALS[int(found["signal"])], found["judged"]) == (signal, judgement)


@pytest.mark.parametrize(
    ("target", "higher_is_better", "assured"),
    [(-9.0, True, 1), (-9.0, False, -1), (19.0, True, -1), (19.0, False, 1), (5.0, True, 0), (NAN, True, NAN)],
)
def test_assurance_against_the_target(target: float, higher_is_better: bool, assured: float) -> None:
    found = judged(STEADY, target=target, higher_is_better=higher_is_better)["assured"]
    assert found == assured or (np.isnan(found) and np.isnan(assured))


def test_a_month_knows_nothing_of_those_after_it() -> None:
    values = [*STEADY, 50.0, 60.0]
    assert judged(values, month=7) == pytest.approx(judged(STEADY), nan_ok=True)


def test_a_quarterly_filing_gives_one_point_a_quarter() -> None:
    quarters = [value for value in STEADY for _ in range(3)]
    once = judged(STEADY)
    found = judged(quarters, rhythm=Rhythm(3, 1, 1.0))
    assert found["history_points"] == 8
    names = ("xmr_centre", "xmr_lower", "xmr_upper", "trend_p")
    assert [found[name] for name in names] == pytest.approx([once[name] for name in names])
    assert found["trend_slope"] == pytest.approx(once["trend_slope"] / 3)  # a month, not a quarter
    # in the quarter's middle it is the same chart, one quarter earlier or not
    assert judged(quarters, month=22, rhythm=Rhythm(3, 1, 1.0))["xmr_upper"] == pytest.approx(found["xmr_upper"])


def test_windows_that_are_not_full_yet_are_left_out() -> None:
    rhythm = Rhythm(1, 12, 12.0)
    assert points_of(10, rhythm, 36).tolist() == []
    assert points_of(11, rhythm, 36).tolist() == [11]
    assert points_of(40, rhythm, 24).tolist() == list(range(17, 41))
    assert points_of(20, Rhythm(3, 12, 4.0), 36).tolist() == [11, 14, 17, 20]
    wild_start = [100.0, 0] * 5 + [50.0]
    assert judged([*wild_start, *STEADY], rhythm=rhythm)["xmr_centre"] == pytest.approx(np.mean(STEADY))


def test_the_trend_is_that_of_pymannkendall() -> None:
    values = [float(n + n % 3) for n in range(15)]
    found, expected = judged(values), pymannkendall.hamed_rao_modification_test(values)
    assert found["trend_p"] == pytest.approx(expected.p)
    assert found["trend_slope"] == pytest.approx(expected.slope)
    assert (found["trending"], judged(values, higher_is_better=False)["trending"]) == (1, -1)
    assert judged(STEADY)["trending"] == 0


def test_overlapping_windows_make_a_trend_less_sure() -> None:
    values = [0.0] * 11 + [float(n) for n in range(14)]
    alone, overlapping = (judged(values[11:])["trend_p"], judged(values, rhythm=Rhythm(1, 12, 12.0))["trend_p"])
    assert alone < 0.001 < overlapping


def test_the_region_has_histories_of_every_kind(region: duckdb.DuckDBPyConnection, region_rows: pd.DataFrame) -> None:
    rhythms = dict(region.execute("SELECT indicator, step_months FROM indicator_rhythms").fetchall())
    assert rhythms["rectified_on_time_share"] == 1
    assert rhythms["secrecy_body_share"] == 3
    assert rhythms["classification_reviewed_share"] == 12
    assert rhythms["filed_on_time_share"] == 1
    assert rhythms["overdue_open_per_100_organisations"] == 1  # findings come monthly, organisations quarterly
    judged_rows = region_rows[region_rows["xmr_signal"].notna()]
    assert {"outside", "none"} <= set(judged_rows["xmr_signal"])
    is_quiet = judged_rows["xmr_signal"] == "none"
    assert (judged_rows["xmr_judgement"] == "common_cause").tolist() == is_quiet.tolist()
    assert judged_rows["history_points"].min() >= POLICY.chart_points
    short = region_rows[(region_rows["outcome"] == "value") & (region_rows["history_points"] < POLICY.chart_points)]
    assert not short.empty
    assert short[HISTORY].isna().all(axis=None)


# ------------------------------------------------------------------------------------------------------------- trust


def test_the_age_is_from_the_end_of_the_period_that_the_data_tell_of() -> None:
    connection = with_statistics(drawn_connection(
        first_period="2026-01", period="2026-08",
        states={("organisations", "652901", "2026Q2"): "missing"},
    ))  # fmt: skip
    ages = connection.execute("""
        SELECT scope_code, period, data_age_days, newest_filing_on FROM cell_statistics
        WHERE indicator = 'secrecy_body_share' AND scope_code IN ('652901', '652902') AND scope = 'own'
            AND period IN ('2026-02', '2026-03', '2026-05', '2026-06', '2026-08')
        ORDER BY ALL""").fetchall()
    first, second = date(2026, 4, 14), date(2026, 7, 14)  # a day before they were due
    assert ages == [
        ("652901", "2026-02", None, None),
        ("652901", "2026-03", 0, first),
        ("652901", "2026-05", 61, first),
        ("652901", "2026-06", 91, first),  # its second quarter never came
        ("652901", "2026-08", 153, first),
        ("652902", "2026-02", None, None),
        ("652902", "2026-03", 0, first),
        ("652902", "2026-05", 61, first),
        ("652902", "2026-06", 0, second),
        ("652902", "2026-08", 62, second),
    ]


def test_of_several_filings_the_oldest_decides_and_of_an_area_the_newest() -> None:
    connection = with_statistics(drawn_connection(
        period="2026-05", states={("findings", "652901", "2026-05"): "missing"}))  # fmt: skip
    ages = dict(connection.execute("""
        SELECT scope_code, data_age_days FROM cell_statistics
        WHERE indicator = 'rectified_on_time_share' AND period = '2026-05' AND scope = 'area'
            AND scope_code IN ('652900', '652901')""").fetchall())
    assert ages == {"652900": 0, "652901": 31}
    both = dict(connection.execute("""
        SELECT scope_code, data_age_days FROM cell_statistics
        WHERE indicator = 'overdue_open_per_100_organisations' AND period = '2026-05' AND scope = 'own'""").fetchall())
    assert set(both.values()) == {61}  # the register is of March


def test_an_indicator_of_silence_is_always_complete_and_new() -> None:
    missing = {("training", "652901", "2026Q1"): "missing"}
    found = rows_of(with_statistics(drawn_connection(states=missing)), "filed_on_time_share")
    assert found["completeness"].tolist() == [1] * 5
    assert found["data_age_days"].tolist() == [0] * 5


@pytest.mark.parametrize(
    ("drawn", "grade", "reasons"),
    [
        ((500, 500), "A", []),
        ((100, 100), "A", []),
        ((99, 99), "B", ["denominator"]),
        ((50, 100), "B", ["interval"]),
        ((20, 40), "C", ["interval", "denominator"]),
        ((5, 9), "D", ["interval", "denominator"]),
    ],
)
def test_a_grade_is_that_of_the_weakest_and_says_what_keeps_it_from_the_best(
    drawn: tuple[int, int], grade: str, reasons: list[str]
) -> None:
    found = shares({"652901": drawn}).loc["652901"]
    assert (found["reliability"], list(found["reliability_reasons"])) == (grade, reasons)


def test_an_area_without_all_its_reporters_is_told_so() -> None:
    missing = {("organisations", "652902", "2026Q1"): "missing"}
    connection = with_statistics(drawn_connection(organisations=organisations({"652901": (500, 500)}), states=missing))
    found = rows_of(connection, scope="area").loc["652900"]
    assert found["completeness"] == pytest.approx(2 / 3)
    assert (found["reliability"], list(found["reliability_reasons"])) == ("C", ["completeness"])


def test_every_value_has_a_grade(region_rows: pd.DataFrame) -> None:
    valued = region_rows[region_rows["outcome"] == "value"]
    assert set(valued["kind"]) == {"share", "rate", "duration"}
    assert valued["reliability"].notna().all()
    assert ((valued["reliability"] == "A") == (valued["reliability_reasons"].map(len) == 0)).all()


# ------------------------------------------------------------------------------------------------------------ policy


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("outer: 0.998", "outer: 0.90", "外界限 0.9 应大于内界限 0.95"),
        ("inner: 0.95", "inner: 1", "“inner”为 1，应小于 1"),
        ("winsorise: 0.10", "winsorise: 0.5", "“winsorise”为 0.5，应小于 0.5"),
        ("least_peers: 5", "least_peers: 1", "“least_peers”为 1，不应小于 2"),
        ("trend: 8", "trend: 2", "“trend”为 2，不应小于 3"),
        ("denominator: 30", "denominator: 101", r"B 级的 denominator 101 不应比 A 级的 100 更严"),
        ("widest: 0.40", "widest: 0.15", r"C 级的 widest 0.15 不应比 B 级的 0.2 更严"),
    ],
)
def test_a_faulty_parameter_is_told_with_file_and_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    folder, place = edited(tmp_path, "statistics.yaml", old, new)
    line = (folder / "statistics.yaml").read_text(encoding="utf-8")[:place].count("\n") + 1
    with pytest.raises(PolicyError, match=rf"statistics\.yaml 第 {line} 行：{said}"):
        load_policies(folder)


def test_a_month_is_judged_by_the_policy_of_its_day(tmp_path: Path) -> None:
    later = """  - from: 2026-03-01
    source: 试验
    reason: 试验用，三月起同类须有六家
    body:
      inner: 0.95
      outer: 0.998
      winsorise: 0.10
      least_peers: 6
      false_discovery: 0.05
      trend_p: 0.05
      history_months: 36
      least_points: {chart: 8, trend: 8}
      cusum: {slack: 0.5, limit: 5}
      grades:
        A: {widest: 1, denominator: 1, completeness: 0}
        B: {widest: 1, denominator: 1, completeness: 0}
        C: {widest: 1, denominator: 1, completeness: 0}
"""
    folder, _ = edited(tmp_path, "statistics.yaml", "completeness: 0.60}\n", "completeness: 0.60}\n" + later)
    drawn = [{**row, "period": period} for row in organisations(dict.fromkeys(REPORTERS, (8, 10)))
             for period in ("2025Q4", "2026Q1")]  # fmt: skip
    connection = with_cells(drawn_connection(first_period="2025-12", organisations=drawn))
    compute_cell_statistics(
        connection, catalogue=load_catalogue(), periods=["2025-12", "2026-01", "2026-02", "2026-03"],
        policies=load_policies(folder),
    )  # fmt: skip
    before, after = (rows_of(connection, period=period) for period in ("2026-02", "2026-03"))
    assert before["expected_value"].notna().all() and after["expected_value"].isna().all()
    assert set(before["reliability"]) == {"D"} and set(after["reliability"]) == {"A"}


# ------------------------------------------------------------------------------------------------------------- order


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**16))
def test_the_order_of_rows_does_not_matter(region: duckdb.DuckDBPyConnection, seed: int) -> None:
    columns = "SELECT * FROM cell_statistics ORDER BY indicator, scope_code, scope, period"
    before = [str(row) for row in region.execute(columns).fetchall()]
    salt = random.Random(seed).random()
    shuffled = region.cursor()
    for table in ("cells", "expected_filings", "filings", "scopes"):
        shuffled.execute(f"CREATE OR REPLACE TEMP TABLE kept AS SELECT * FROM {table} ORDER BY hash({table}, {salt})")
        shuffled.execute(f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept")
    periods = [row[0] for row in region.execute("SELECT period FROM months ORDER BY 1").fetchall()]
    compute_cell_statistics(region, catalogue=load_catalogue(), periods=periods)
    assert [str(row) for row in region.execute(columns).fetchall()] == before
