"""What must hold of any interval: it holds the estimate, closes in with more data, and covers as often as it says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from metrics.statistics import byar_interval, exact_poisson_interval, wilson_interval

confidences = st.sampled_from([0.8, 0.95, 0.998])
TINY = 1e-9


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    total = draw(st.integers(1, 100_000))
    return draw(st.integers(0, total)), total


@given(shares(), confidences)
def test_a_share_lies_within_its_interval_and_both_within_0_and_1(share: tuple[int, int], confidence: float) -> None:
    count, total = share
    lower, upper = wilson_interval(count, total, confidence)
    assert -TINY <= lower <= count / total + TINY
    assert count / total - TINY <= upper <= 1 + TINY


@given(shares(), confidences)
def test_more_of_the_same_closes_a_share_in(share: tuple[int, int], confidence: float) -> None:
    count, total = share
    lower, upper = wilson_interval([count, 4 * count], [total, 4 * total], confidence)
    assert upper[1] - lower[1] < upper[0] - lower[0]


@given(st.integers(2, 10_000), confidences)
def test_a_greater_share_has_greater_limits(total: int, confidence: float) -> None:
    lower, upper = wilson_interval([total // 2, total // 2 + 1], total, confidence)
    assert lower[0] < lower[1]
    assert upper[0] < upper[1]


@given(shares())
def test_the_opposite_share_has_the_opposite_limits(share: tuple[int, int]) -> None:
    count, total = share
    lower, upper = wilson_interval([count, total - count], total)
    assert lower[0] == pytest.approx(1 - upper[1], abs=1e-9)


@given(st.integers(0, 100_000), confidences)
@pytest.mark.parametrize("interval", [exact_poisson_interval, byar_interval])
def test_events_lie_within_their_interval_and_grow_with_it(interval, count: int, confidence: float) -> None:  # type: ignore[no-untyped-def]
    lower, upper = interval([count, count + 1], confidence)
    assert 0 <= lower[0] <= count <= upper[0]
    assert lower[0] < lower[1] or count == 0
    assert upper[0] < upper[1]


@given(st.integers(10, 100_000), confidences)
def test_byar_stays_close_to_the_exact_limits(count: int, confidence: float) -> None:
    exact, byar = np.array(exact_poisson_interval(count, confidence)), np.array(byar_interval(count, confidence))
    assert byar == pytest.approx(exact, rel=0.03)


@settings(max_examples=25)
@given(st.floats(0.03, 0.97), st.integers(20, 400))
def test_wilson_covers_nearly_as_often_as_it_says(share: float, total: int) -> None:
    counts = np.arange(total + 1)
    lower, upper = wilson_interval(counts, total)
    covered = stats.binom.pmf(counts, total, share)[(lower <= share) & (share <= upper)].sum()
    assert covered > 0.88  # Wilson is right on average and dips near the ends; never far


def test_wilson_covers_95_of_100_on_average() -> None:
    random = np.random.default_rng(7)
    shares, totals = random.uniform(0.02, 0.98, 20_000), random.integers(5, 300, 20_000)
    lower, upper = wilson_interval(random.binomial(totals, shares), totals)
    assert ((lower <= shares) & (shares <= upper)).mean() == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize("expected", [0.5, 3, 9.5, 40, 250])
def test_event_intervals_cover_at_least_as_often_as_they_say(expected: float) -> None:
    counts = np.random.default_rng(11).poisson(expected, 20_000)
    for interval in (exact_poisson_interval, byar_interval):
        lower, upper = interval(counts)
        assert ((lower <= expected) & (expected <= upper)).mean() > 0.945
