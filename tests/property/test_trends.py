"""Trends and steps against pymannkendall, scipy and ruptures; discoveries against statsmodels."""

import math
import warnings

import numpy as np
import pymannkendall
import pytest
import ruptures
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from metrics.statistics import change_points, false_discovery, reliability_grade, step_change, trend_test

values = st.one_of(st.integers(-6, 6).map(float), st.floats(-100, 100))
p_values = st.lists(st.one_of(st.floats(0, 1), st.just(math.nan)), min_size=1, max_size=60)
FIELDS = (("p", "p"), ("z", "z"), ("s", "score"), ("var_s", "variance"), ("slope", "slope"))


@st.composite
def series_with_gaps(draw: st.DrawFn) -> list[float]:
    """Ten values or more, many of them tied, with gaps between."""
    one = draw(st.lists(values, min_size=10, max_size=36))
    for place in draw(st.lists(st.integers(0, 36), max_size=6)):
        one.insert(place, math.nan)
    return one


series = series_with_gaps()


def assert_same(got, expected) -> None:  # type: ignore[no-untyped-def]
    for theirs, ours in FIELDS:
        assert float(getattr(got, ours)) == pytest.approx(getattr(expected, theirs), rel=1e-9, abs=1e-12), ours


@given(series)
def test_plain_trend_as_pymannkendall(one: list[float]) -> None:
    assert_same(trend_test(one, correct_autocorrelation=False), pymannkendall.original_test(one))


@given(series)
def test_corrected_trend_as_pymannkendall(one: list[float]) -> None:
    got = trend_test(one)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it divides by a variance below 0
        expected = pymannkendall.hamed_rao_modification_test(one)
    if expected.var_s > 0:
        assert_same(got, expected)
    else:  # where the correction leaves no variance, the plain one stands
        assert_same(got, pymannkendall.original_test(one))


def test_many_series_with_gaps_ties_and_drift_as_pymannkendall() -> None:
    random = np.random.default_rng(31)
    table = random.normal(size=(300, 36))
    table[::3] = np.cumsum(table[::3], axis=-1)
    table[1::4] = np.round(table[1::4])
    table[random.random(table.shape) < 0.1] = np.nan
    together = trend_test(table.reshape(25, 12, 36))
    corrected = plain_stands = 0
    for at, one in enumerate(table):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it divides by a variance below 0
            expected = pymannkendall.hamed_rao_modification_test(one)
        plain = pymannkendall.original_test(one)
        corrected += not math.isclose(expected.var_s, plain.var_s)
        if expected.var_s <= 0:
            expected, plain_stands = plain, plain_stands + 1
        got = [float(field.reshape(-1)[at]) for field in together[:5]]
        assert got == pytest.approx([expected.p, expected.z, expected.slope, expected.s, expected.var_s])
    assert corrected > 100
    assert plain_stands > 0


@given(series)
def test_slope_and_score_as_scipy(one: list[float]) -> None:
    known = np.isfinite(one)
    at, seen = np.flatnonzero(known), np.array(one)[known]
    got = trend_test(one)
    assert float(got.slope) == pytest.approx(stats.theilslopes(seen, at).slope, abs=1e-12)
    assert (float(got.score) > 0) == (stats.kendalltau(at, seen).statistic > 0)


@given(series, st.integers(1, 12))
def test_backwards_the_trend_is_the_other_way(one: list[float], window: int) -> None:
    there, back = trend_test(one, window=window, correct_autocorrelation=False), trend_test(
        one[::-1], window=window, correct_autocorrelation=False
    )
    assert float(there.z) == pytest.approx(-float(back.z))
    assert float(there.slope) == pytest.approx(-float(back.slope))
    assert float(there.p) == pytest.approx(float(back.p))


@pytest.mark.parametrize(("window", "periods"), [(3, 24), (12, 24), (12, 36)])
def test_overlapping_windows_find_no_more_than_chance(window: int, periods: int) -> None:
    months = np.random.default_rng(37).normal(size=(6000, periods + window - 1))
    summed = np.lib.stride_tricks.sliding_window_view(months, window, axis=-1).sum(axis=-1)
    assert (trend_test(summed, window=window).p < 0.05).mean() < 0.055
    # neither the plain variance nor the estimated correction would do
    assert (trend_test(summed).p < 0.05).mean() > 0.08


def test_independent_months_find_little_more_than_chance() -> None:
    months = np.random.default_rng(41).normal(size=(6000, 36))
    assert (trend_test(months, correct_autocorrelation=False).p < 0.05).mean() == pytest.approx(0.05, abs=0.012)
    assert (trend_test(months).p < 0.05).mean() < 0.1  # estimating the correction costs some


@settings(max_examples=60)
@given(series, st.integers(1, 5))
def test_a_step_lies_where_ruptures_puts_it(one: list[float], least: int) -> None:
    known = np.flatnonzero(np.isfinite(one))
    seen = np.array(one)[known]

    def cost(cut: int) -> float:
        return sum(float(((part - part.mean()) ** 2).sum()) for part in (seen[:cut], seen[cut:]))

    step = step_change(one, least_segment=least)
    ours = int(np.searchsorted(known, int(step.at)))
    theirs = ruptures.Dynp(model="l2", jump=1, min_size=least).fit(seen).predict(n_bkps=1)[0]
    # two places may be equally good
    assert cost(ours) == pytest.approx(cost(theirs), abs=1e-6)
    assert float(step.before) == pytest.approx(seen[:ours].mean(), abs=1e-9)
    assert float(step.after) == pytest.approx(seen[ours:].mean(), abs=1e-9)


@pytest.mark.parametrize(("periods", "most"), [(24, 0.05), (36, 0.04)])
def test_steps_are_seldom_found_in_noise_and_mostly_where_there_is_one(periods: int, most: float) -> None:
    noise = np.random.default_rng(43).normal(size=(4000, periods))
    assert step_change(noise).is_found.mean() < most
    raised = noise + 2 * (np.arange(periods) >= periods // 2)
    found = step_change(raised)
    assert found.is_found.mean() > 0.9
    assert (np.abs(found.at - periods // 2) <= 2).mean() > 0.9


def test_change_points_of_a_single_step_agree_with_step_change() -> None:
    random = np.random.default_rng(47)
    for _ in range(40):
        one = random.normal(size=30) + 6 * (np.arange(30) >= 13)
        assert change_points(one) == [int(step_change(one).at)]


@given(p_values, st.sampled_from([0.01, 0.05, 0.2]))
def test_discoveries_as_statsmodels(p: list[float], q: float) -> None:
    tested = [one for one in p if not math.isnan(one)]
    found = false_discovery(p, q)
    assert np.isnan(found.adjusted).tolist() == np.isnan(p).tolist()
    assert not found.is_found[np.isnan(p)].any()
    if tested:
        _, adjusted, *_ = multipletests(tested, alpha=q, method="fdr_bh")
        assert found.adjusted[np.isfinite(p)] == pytest.approx(adjusted)


@given(p_values, st.floats(0.01, 0.5), st.floats(0.01, 0.5), st.integers(0, 59))
def test_more_is_found_at_a_greater_rate_and_with_a_smaller_p(p: list[float], one: float, two: float, at: int) -> None:
    strict, loose = (false_discovery(p, q) for q in sorted((one, two)))
    assert (strict.is_found <= loose.is_found).all()
    order = np.argsort(p)
    known = order[: np.isfinite(p).sum()]
    assert (np.diff(strict.adjusted[known]) >= 0).all()
    at %= len(p)
    smaller = [*p[:at], p[at] / 2, *p[at + 1 :]]
    assert (false_discovery(smaller, one).is_found >= false_discovery(p, one).is_found).all()


@given(p_values, st.randoms(use_true_random=False))
def test_the_order_of_tests_does_not_matter(p: list[float], random) -> None:  # type: ignore[no-untyped-def]
    order = list(range(len(p)))
    random.shuffle(order)
    shuffled = false_discovery(np.array(p)[order])
    assert shuffled.adjusted == pytest.approx(false_discovery(p).adjusted[order], nan_ok=True)


def test_false_discoveries_stay_within_the_rate() -> None:
    random = np.random.default_rng(53)
    z = random.normal(size=(400, 1000)) + 3 * (np.arange(1000) < 100)
    shares = []
    for p in 2 * stats.norm.sf(np.abs(z)):
        is_found = false_discovery(p, 0.1).is_found
        shares.append(is_found[100:].sum() / max(1, is_found.sum()))
    assert np.mean(shares) == pytest.approx(0.1 * 0.9, abs=0.01)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 500), st.floats(0, 1), st.integers(0, 100))
def test_better_data_never_lowers_a_grade(
    width: float, narrower: float, denominator: int, completeness: float, more: int
) -> None:
    worse = reliability_grade(0, max(width, narrower), denominator, completeness)
    better = reliability_grade(0, min(width, narrower), denominator + more, min(1, completeness + more / 100))
    assert str(better.grade) <= str(worse.grade)
