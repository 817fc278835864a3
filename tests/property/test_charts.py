"""XmR and CUSUM, recomputed point by point, and what must hold of any series."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.statistics import assure_target, cusum, xmr

# few distinct whole numbers, so that ties, runs and trends are common
series = st.lists(st.one_of(st.integers(-4, 4), st.just(math.nan)), min_size=1, max_size=40)


def loop_limits(values: list[float], screen: bool) -> tuple[float, float]:
    known = [value for value in values if not math.isnan(value)]
    ranges = [abs(b - a) for a, b in pairwise(values) if not math.isnan(b - a)]
    if not ranges:
        return (sum(known) / len(known) if known else math.nan), math.nan
    mean = sum(ranges) / len(ranges)
    kept = [one for one in ranges if one < 3.267 * mean] if screen else ranges
    return sum(known) / len(known), 2.66 * (sum(kept) / len(kept) if any(kept) else mean)


def loop_signals(values: list[float], screen: bool) -> dict[str, list[int]]:
    centre, half = loop_limits(values, screen)
    side = [0 if math.isnan(v) or abs(v - centre) < 1e-9 else (1 if v > centre else -1) for v in values]
    marks = {name: [0] * len(values) for name in ("outside", "shift", "trend", "near")}
    for at, value in enumerate(values):
        if abs(value - centre) > half:
            marks["outside"][at] = side[at]
        # every window of seven, or of three, that holds the point
        for start in range(max(0, at - 6), min(at, len(values) - 7) + 1):
            window = values[start : start + 7]
            for sign in (1, -1):
                if all(s == sign for s in side[start : start + 7]):
                    marks["shift"][at] = sign
                if all((b - a) * sign > 0 for a, b in pairwise(window)):
                    # a turning point belongs to the trend that it completes
                    is_last = start == at - 6
                    marks["trend"][at] = sign if is_last or not marks["trend"][at] else marks["trend"][at]
        for start in range(max(0, at - 2), min(at, len(values) - 3) + 1):
            three = range(start, start + 3)
            beyond = [abs(values[i] - centre) > half * 2 / 3 for i in three]
            if abs(sum(side[i] for i in three)) == 3 and sum(beyond) >= 2 and beyond[at - start]:
                marks["near"][at] = side[at]
    return marks


@given(series, st.booleans())
def test_chart_as_by_loop(values: list[float], screen: bool) -> None:
    chart = xmr(values, screen_ranges=screen)
    centre, half = loop_limits(values, screen)
    assert float(chart.centre) == pytest.approx(centre, nan_ok=True)
    assert float(chart.upper) == pytest.approx(centre + half, nan_ok=True)
    for name, expected in loop_signals(values, screen).items():
        assert getattr(chart, name).tolist() == expected, name


@given(series)
def test_the_mirrored_series_has_the_mirrored_chart(values: list[float]) -> None:
    chart, mirrored = xmr(values), xmr([-value for value in values])
    assert float(mirrored.lower) == pytest.approx(-float(chart.upper), nan_ok=True)
    for name in ("outside", "shift", "trend", "near", "signal"):
        assert (getattr(mirrored, name) == -getattr(chart, name)).all()


@given(series, st.sampled_from([0.1, 7.0, 1e6]), st.sampled_from([0.0, 0.3, 1000.0]))
def test_the_unit_does_not_matter(values: list[float], factor: float, shift: float) -> None:
    chart, scaled = xmr(values), xmr(np.array(values) * factor + shift)
    for name in ("shift", "trend"):
        assert (getattr(scaled, name) == getattr(chart, name)).all()


@given(st.lists(series, min_size=1, max_size=5))
def test_many_series_at_once_are_each_alone(several: list[list[float]]) -> None:
    width = max(len(one) for one in several)
    table = np.array([[*one, *[math.nan] * (width - len(one))] for one in several])
    charts = xmr(table[:, np.newaxis])
    for row, one in enumerate(several):
        chart = xmr(one)
        assert float(charts.upper[row, 0]) == pytest.approx(float(chart.upper), nan_ok=True)
        assert (charts.signal[row, 0, : len(one)] == chart.signal).all()


def test_a_steady_process_is_seldom_outside() -> None:
    chart = xmr(np.random.default_rng(23).normal(size=(4000, 36)), screen_ranges=False)
    assert np.count_nonzero(chart.outside) / chart.outside.size < 0.008
    assert np.count_nonzero(chart.trend[:, -1]) / 4000 < 0.002


@given(series, st.floats(-6, 6))
def test_a_target_is_hit_in_one_direction_as_it_is_missed_in_the_other(values: list[float], target: float) -> None:
    chart = xmr(values)
    assert float(assure_target(chart, target, True)) == pytest.approx(
        -float(assure_target(chart, target, False)), nan_ok=True
    )


@given(series, st.floats(0, 2), st.floats(0.5, 8))
def test_cusum_as_by_loop(values: list[float], k: float, h: float) -> None:
    up = down = 0.0
    sums = cusum(values, k, h)
    for at, value in enumerate(values):
        if not math.isnan(value):
            up, down = max(0.0, up + value - k), max(0.0, down - value - k)
        assert (float(sums.high[at]), float(sums.low[at])) == pytest.approx((up, down), abs=1e-9)
        assert sums.signal[at] == (0 if max(up, down) <= h else 1 if up >= down else -1)


def test_cusum_alarms_as_rarely_as_published_and_finds_a_shift() -> None:
    z = np.random.default_rng(29).normal(size=(3000, 1500))
    alarmed = cusum(z).signal.any(axis=-1)
    # the run length is nearly geometric: 1500 periods pass without alarm with exp(−1500/465)
    assert 1 - alarmed.mean() == pytest.approx(math.exp(-1500 / 465), abs=0.015)
    shifted = np.argmax(cusum(z[:, :300] + 1).signal == 1, axis=-1) + 1
    assert shifted.mean() == pytest.approx(10.4, abs=0.4)


def windowed_shares(window: int, months: int, series: int = 4000) -> np.ndarray:
    """Shares over the last `window` months of steady processes, every window full."""
    random = np.random.default_rng(window)
    counts = random.poisson(6, (series, months + window - 1))
    over = random.binomial(counts, 0.8)
    sums = [np.lib.stride_tricks.sliding_window_view(one, window, axis=-1).sum(axis=-1) for one in (over, counts)]
    return sums[0] / sums[1]


@pytest.mark.parametrize(("window", "months"), [(3, 24), (4, 12), (12, 24), (12, 36)])
def test_windows_that_overlap_seldom_raise_a_false_alarm_once_the_chart_is_told(window: int, months: int) -> None:
    values = windowed_shares(window, months)
    told, untold = xmr(values, window=window), xmr(values)
    assert np.mean(told.outside[:, -1] != 0) < 0.02
    assert np.mean(untold.outside[:, -1] != 0) > 3 * np.mean(told.outside[:, -1] != 0) + 0.02
    assert not told.shift.any() and not told.trend.any() and not told.near.any()


@given(series)
def test_a_window_widens_the_limits_by_its_square_root(values: list[float]) -> None:
    plain, wide = xmr(values), xmr(values, window=4)
    assert wide.centre == pytest.approx(float(plain.centre), nan_ok=True)
    assert wide.upper - wide.centre == pytest.approx(2 * float(plain.upper - plain.centre), nan_ok=True)
    assert xmr(values, window=1).signal.tolist() == plain.signal.tolist()


def test_a_window_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="窗口至少为 1 期"):
        xmr([1.0, 2.0], window=0)
