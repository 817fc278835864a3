"""Funnels, over-dispersion and shrinkage, recomputed by loops, and what must hold of any of them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from metrics.statistics import (
    adjusted_limits,
    adjusted_z,
    funnel_limits_proportion,
    funnel_limits_ratio,
    overdispersion,
    shrink_rates,
)

confidences = st.sampled_from([0.8, 0.95, 0.998])
counts = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 400)), min_size=2, max_size=30)


def shares_of(pairs: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [min(pair) for pair in pairs], [max(pair) for pair in pairs]


@given(st.floats(0, 1), st.integers(1, 10_000), confidences)
def test_the_opposite_average_has_the_opposite_funnel(average: float, total: int, confidence: float) -> None:
    lower, upper = funnel_limits_proportion([average, 1 - average], total, confidence)
    assert lower[0] == pytest.approx(1 - upper[1], abs=1e-9)
    assert lower[0] <= average + 1e-12
    assert upper[0] >= average - 1e-12


@given(st.floats(0.01, 0.99), st.integers(1, 10_000), confidences)
def test_funnels_close_in(average: float, total: int, confidence: float) -> None:
    for lower, upper in (
        funnel_limits_proportion(average, [total, 4 * total], confidence),
        funnel_limits_ratio([total, 4 * total], confidence),
        adjusted_limits([total, 4 * total], 0.01, confidence),
    ):
        assert lower[1] >= lower[0]
        assert upper[1] <= upper[0]
        # where the limits reach 0 and 1, they cannot lie further apart
        assert upper[1] - lower[1] < upper[0] - lower[0] or (lower[1], upper[1]) == (0, 1)


@given(st.floats(0.1, 0.9), st.integers(60, 5_000), confidences)
def test_at_the_limit_wilson_just_touches_the_average(average: float, total: int, confidence: float) -> None:
    lower, upper = funnel_limits_proportion(average, total, confidence)
    _, touches_from_below = proportion_confint(float(lower) * total, total, 1 - confidence, "wilson")
    touches_from_above, _ = proportion_confint(float(upper) * total, total, 1 - confidence, "wilson")
    # a limit cut off at 0 or 1 cannot be touched: there is no share so low or so high
    assert touches_from_below == pytest.approx(average, abs=1e-9) if lower > 0 else touches_from_below > average
    assert touches_from_above == pytest.approx(average, abs=1e-9) if upper < 1 else touches_from_above < average


@given(st.floats(0.3, 5_000), confidences)
def test_ratio_limits_are_chi_square_quantiles(expected: float, confidence: float) -> None:
    lower, upper = funnel_limits_ratio(expected, confidence)
    tail = (1 - confidence) / 2
    assert float(lower) == pytest.approx(stats.chi2.ppf(tail, 2 * expected) / 2 / expected, rel=1e-9)
    assert float(upper) == pytest.approx(stats.chi2.isf(tail, 2 * expected + 2) / 2 / expected, rel=1e-9)


@pytest.mark.parametrize(("share", "total"), [(0.5, 50), (0.8, 120), (0.1, 400)])
def test_a_division_like_the_region_stays_inside_as_often_as_the_funnel_says(share: float, total: int) -> None:
    seen = np.random.default_rng(5).binomial(total, share, 40_000) / total
    lower, upper = funnel_limits_proportion(share, total, 0.95)
    assert ((lower <= seen) & (seen <= upper)).mean() == pytest.approx(0.95, abs=0.02)
    lower, upper = funnel_limits_ratio(total, 0.95)
    ratios = np.random.default_rng(6).poisson(total, 40_000) / total
    assert ((lower <= ratios) & (ratios <= upper)).mean() == pytest.approx(0.95, abs=0.02)


def loop_dispersion(z: list[float], errors: list[float], winsorise: float) -> tuple[float, float]:
    low, high = np.quantile(z, [winsorise, 1 - winsorise])
    squares = [min(max(one, low), high) ** 2 for one in z]
    weights = [1 / error**2 for error in errors]
    spread = sum(weights) - sum(weight**2 for weight in weights) / sum(weights)
    return sum(squares) / len(z), max(0.0, (sum(squares) - (len(z) - 1)) / spread)


@given(counts, st.sampled_from([0, 0.1, 0.25]))
def test_dispersion_of_ratios_as_by_loop(pairs: list[tuple[int, int]], winsorise: float) -> None:
    observed, expected = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    errors = [0.5 / math.sqrt(base) for base in expected]
    z = [2 * (math.sqrt(seen) - math.sqrt(base)) for seen, base in pairs]
    got = overdispersion(observed, expected, winsorise=winsorise)
    assert [float(one) for one in got] == pytest.approx(loop_dispersion(z, errors, winsorise), rel=1e-9, abs=1e-12)


@given(counts)
def test_dispersion_of_shares_as_by_loop(pairs: list[tuple[int, int]]) -> None:
    numerator, denominator = shares_of(pairs)
    average = math.asin(math.sqrt(sum(numerator) / sum(denominator)))
    errors = [0.5 / math.sqrt(base) for base in denominator]
    angles = [math.asin(math.sqrt(seen / base)) for seen, base in zip(numerator, denominator, strict=True)]
    z = [(angle - average) / error for angle, error in zip(angles, errors, strict=True)]
    got = overdispersion(numerator, denominator, transform="arcsine")
    assert [float(one) for one in got] == pytest.approx(loop_dispersion(z, errors, 0.1), rel=1e-9, abs=1e-12)
    mirrored = np.subtract(denominator, numerator)
    opposite = overdispersion(mirrored, denominator, transform="arcsine")
    assert [float(one) for one in opposite] == pytest.approx([float(one) for one in got], rel=1e-6, abs=1e-9)


@given(counts, st.randoms(use_true_random=False))
def test_order_and_gaps_do_not_matter(pairs: list[tuple[int, int]], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = [*pairs, (math.nan, 7)]
    random.shuffle(shuffled)
    straight, mixed = (overdispersion(*np.array(some, dtype=float).T) for some in (pairs, shuffled))
    assert [float(one) for one in mixed] == pytest.approx([float(one) for one in straight], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.3])
def test_planted_spread_between_divisions_is_found(spread: float) -> None:
    random = np.random.default_rng(13)
    expected = random.uniform(20, 200, (300, 124))
    level = np.maximum(0, random.normal(1, spread, expected.shape)) ** 2  # the square-root scale
    _, tau2 = overdispersion(random.poisson(expected * level), expected, winsorise=0)
    assert math.sqrt(tau2.mean()) == pytest.approx(spread, abs=0.035 if spread == 0 else 0.01)


def test_the_widened_funnel_holds_the_divisions_that_the_plain_one_loses() -> None:
    random = np.random.default_rng(17)
    expected = random.uniform(20, 200, (300, 124))
    observed = random.poisson(expected * np.maximum(0, random.normal(1, 0.2, expected.shape)) ** 2)
    _, tau2 = overdispersion(observed, expected, winsorise=0)
    lower, upper = adjusted_limits(expected, tau2, 0.95)
    ratio = observed / expected
    assert ((lower <= ratio) & (ratio <= upper)).mean() == pytest.approx(0.95, abs=0.01)
    lower, upper = funnel_limits_ratio(expected, 0.95)
    assert ((lower <= ratio) & (ratio <= upper)).mean() < 0.7


@given(st.floats(1, 1_000), st.floats(0, 0.05), confidences)
def test_the_limit_is_where_the_score_reaches_the_quantile(expected: float, tau2: float, confidence: float) -> None:
    lower, upper = adjusted_limits([expected], tau2, confidence)
    quantile = stats.norm.isf((1 - confidence) / 2)
    assert adjusted_z(upper * expected, [expected], tau2) == pytest.approx([quantile], rel=1e-6)
    if lower[0] > 0:
        assert adjusted_z(lower * expected, [expected], tau2) == pytest.approx([-quantile], rel=1e-6)
    assert np.all(adjusted_limits([expected], tau2 + 0.01, confidence)[1] > upper)


@given(st.floats(0.05, 0.95), st.integers(10, 1_000), st.floats(0, 0.02))
def test_arcsine_limits_mirror_and_match_the_score(average: float, total: int, tau2: float) -> None:
    lower, upper = adjusted_limits([total], tau2, 0.95, transform="arcsine", average=average)
    mirrored, _ = adjusted_limits([total], tau2, 0.95, transform="arcsine", average=1 - average)
    assert float(upper[0]) == pytest.approx(1 - float(mirrored[0]), abs=1e-9)
    if upper[0] < 1:
        z = adjusted_z(upper * total, [total], tau2, transform="arcsine", average=average)
        assert z == pytest.approx([1.959964], rel=1e-5)
    assert 0 <= lower[0] <= average <= upper[0] <= 1


def loop_shrink(events: list[float], base: list[float], kind: str) -> list[float]:
    prior = sum(events) / sum(base)
    rates = [seen / under for seen, under in zip(events, base, strict=True)]
    scatter = sum(under * (rate - prior) ** 2 for rate, under in zip(rates, base, strict=True)) / sum(base)
    chance = prior * (1 - prior) if kind == "share" else prior
    spread = max(0.0, scatter - chance / (sum(base) / len(base)))
    if spread <= 1e-12 * prior**2:
        return [prior] * len(rates)
    return [
        prior + spread / (spread + chance / under) * (rate - prior) for rate, under in zip(rates, base, strict=True)
    ]


@given(counts, st.sampled_from(["rate", "share"]))
def test_shrinkage_as_by_loop_and_between_own_and_prior(pairs: list[tuple[int, int]], kind) -> None:  # type: ignore[no-untyped-def]
    events, base = shares_of(pairs)
    shrunk = shrink_rates(events, base, kind=kind)
    assert shrunk.estimate == pytest.approx(loop_shrink(events, base, kind), rel=1e-6, abs=1e-9)
    own = np.divide(events, base)
    assert (shrunk.estimate >= np.minimum(own, shrunk.prior) - 1e-12).all()
    assert (shrunk.estimate <= np.maximum(own, shrunk.prior) + 1e-12).all()
    assert ((shrunk.weight >= 0) & (shrunk.weight <= 1)).all()


@settings(max_examples=30)
@given(counts, st.integers(0, 2**32 - 1))
def test_a_neighbourhood_as_by_loop(pairs: list[tuple[int, int]], seed: int) -> None:
    events, base = (np.array(one, dtype=float) for one in shares_of(pairs))
    near = np.random.default_rng(seed).random((len(base), len(base))) < 0.3
    shrunk = shrink_rates(events, base, neighbours=near)
    for own in range(len(base)):
        members = sorted({own, *np.flatnonzero(near[own])})
        expected = loop_shrink(list(events[members]), list(base[members]), "rate")[members.index(own)]
        assert float(shrunk.estimate[own]) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_shrunken_rates_are_nearer_the_truth() -> None:
    random = np.random.default_rng(19)
    base = random.integers(5, 200, (200, 124))
    truth = random.gamma(8, 0.1 / 8, base.shape)
    events = random.poisson(truth * base)
    own_error = np.abs(events / base - truth).mean()
    assert np.abs(shrink_rates(events, base).estimate - truth).mean() < 0.75 * own_error
