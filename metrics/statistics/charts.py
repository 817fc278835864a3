"""A series against its own history: the XmR chart with its four signals, and the CUSUM.

Periods lie on the last axis, oldest first; every axis before it is its own series. A gap (nan) is a period in which
nothing was filed: no range is taken across it and it ends a run, since nobody knows what it would have held.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.statistics.arrays import Flags, Floats, Signs, mean_of_known, rounding_of

RUN = 7
# 3 sigma, where sigma is the mean moving range / 1.128; rounded as in every published chart
_LIMIT_PER_RANGE = 2.66
_LARGEST_RANGE = 3.267


@dataclass(frozen=True)
class Xmr:
    """An XmR chart of each series; see :func:`xmr`."""

    values: Floats
    """As given, shape (…, periods)."""
    centre: Floats
    """Mean, shape (…)."""
    lower: Floats
    """Lower process limit, shape (…), like the upper in the unit of the values; it may lie below 0."""
    upper: Floats
    outside: Signs
    """±1 where the point lies above or below the limits. This and the other signals have the values' shape."""
    shift: Signs
    """±1 at every point of a run of seven or more on one side of the mean."""
    trend: Signs
    """±1 at every point of seven or more that each rise, or each fall; a tie ends it."""
    near: Signs
    """±1 at points beyond two sigma, where two of three neighbours are and all three lie on one side of the mean."""

    @property
    def signal(self) -> Signs:
        """What the point is taken for: its place against the limits first, then the shift, then the trend."""
        return _first_of(self.outside, self.near, self.shift, self.trend)


def xmr(values: ArrayLike, *, screen_ranges: bool = True, window: ArrayLike = 1, least_half: ArrayLike = 0.0) -> Xmr:
    """Mean and natural process limits of each series, and the signals of special cause.

    Args:
        values: shape (…, periods), nan where not filed.
        screen_ranges: leave out, once, moving ranges of 3.267 × their mean or more, so that one odd month does not
            widen the limits that should show it. Where only ranges of 0 would be left (a share at 100% but for one
            dip), all stay: limits without width would put every point outside.
        window: how many periods each value sums up, of a shape that broadcasts to (…). Neighbours that share eleven of
            twelve periods differ too little: the variance of their difference is 2σ²/w where that of values that
            share nothing is 2σ², so the ranges are multiplied by √w. Runs, trends and two of three mean nothing among
            values that overlap: above 1 only `outside` is ever set.
        least_half: how far from the mean the limits lie at least, in the unit of the values, of a shape that broadcasts
            to (…). What one event more or less changes is no signal: a stock of 34 that lost one in two years has
            hardly any range, and all its points would lie outside.

    Returns:
        :class:`Xmr`. Without two neighbouring values there are no ranges: limits are nan, and neither `outside` nor
        `near` is ever set. Twelve values or more make limits to rely on.

    Raises:
        ValueError: no axis of periods, or a window below 1.

    Source: Wheeler 1993, Understanding Variation; signals, screening and back-filling as in NHS England, Making Data
    Count. Here points beyond the limits count as beyond two sigma too (Western Electric 1956).
    """
    series = _series(values)
    overlap = np.asarray(window, dtype=float)
    if np.any(overlap < 1):
        raise ValueError("窗口至少为 1 期")
    overlap = np.broadcast_to(overlap, series.shape[:-1])[..., np.newaxis]
    centre = mean_of_known(series)
    ranges = np.abs(np.diff(series, axis=-1))
    mean_range = mean_of_known(ranges)
    rounding = rounding_of(series)  # a constant series is no run beside its mean
    if screen_ranges:
        is_usual = ranges < _LARGEST_RANGE * mean_range[..., np.newaxis]
        usual = mean_of_known(np.where(is_usual, ranges, np.nan))
        mean_range = np.where(usual > rounding[..., 0], usual, mean_range)
    half = _LIMIT_PER_RANGE * np.sqrt(overlap) * mean_range[..., np.newaxis]
    least = np.broadcast_to(np.asarray(least_half, dtype=float), series.shape[:-1])[..., np.newaxis]
    half = np.maximum(half, least)  # nan where there are no ranges
    offset = series - centre[..., np.newaxis]
    side = _sign(offset, rounding)
    is_apart = (overlap == 1).astype(np.int8)
    return Xmr(
        values=series,
        centre=centre,
        lower=centre - half[..., 0],
        upper=centre + half[..., 0],
        outside=_beyond(offset, half, side),
        shift=spread_back(runs_completed(side), RUN) * is_apart,
        trend=spread_back(trends_completed(series), RUN) * is_apart,
        near=_two_of_three(_beyond(offset, half * 2 / 3, side), side) * is_apart,
    )


def trends_completed(values: ArrayLike) -> Signs:
    """±1 at each point that completes seven which each rise (1) or each fall (−1); of the values' shape."""
    series = _series(values)
    step = _sign(np.diff(series, axis=-1), rounding_of(series))
    return np.concatenate([np.zeros_like(series[..., :1], dtype=np.int8), _completed(step, RUN - 1)], axis=-1)


def runs_completed(side: Signs) -> Signs:
    """±1 at each point that completes seven on one side, given each point's side (±1; 0 on the mean or unknown)."""
    return _completed(side, RUN)


def spread_back(completed: Signs, length: int) -> Signs:
    """Carry each completed signal back over the `length` points that make it; where two meet, the nearer stands."""
    filled = completed.copy()
    for back in range(1, min(length, completed.shape[-1])):
        earlier = filled[..., :-back]
        np.copyto(earlier, completed[..., back:], where=earlier == 0)
    return filled


def judge_signals(chart: Xmr, higher_is_better: ArrayLike) -> Signs:
    """1 where a point's signal is for the better, −1 where for the worse, 0 for common cause.

    Args:
        chart: of series of shape (…, periods).
        higher_is_better: of a shape that broadcasts to (…).
    """
    return (chart.signal * _direction(higher_is_better)[..., np.newaxis]).astype(np.int8)


def assure_target(chart: Xmr, target: ArrayLike, higher_is_better: ArrayLike) -> Floats:
    """Whether the process, as it runs, meets a target.

    Args:
        chart: of series of shape (…, periods).
        target, higher_is_better: of shapes that broadcast to (…); a target in the unit of the values.

    Returns:
        Shape (…): 1 consistently hits (both limits on the good side), −1 consistently misses, 0 hit and miss; nan
        without limits or target.

    Source: NHS England, Making Data Count (assurance).
    """
    goal = np.asarray(target, dtype=float)
    beyond = (chart.lower > goal).astype(float) - (chart.upper < goal)
    known = np.isfinite(chart.lower) & np.isfinite(goal)
    return np.where(known, beyond * _direction(higher_is_better), np.nan)


class Cusum(NamedTuple):
    """What :func:`cusum` gives, each of the values' shape."""

    high: Floats
    """Sum of what went above `k`, never below 0."""
    low: Floats
    """The same below `−k`, as a positive number."""
    signal: Signs
    """1 where `high` passes `h`, −1 where `low` does (the greater decides)."""


def cusum(values: ArrayLike, k: float = 0.5, h: float = 5.0) -> Cusum:
    """Tabular two-sided cumulative sums: they find a small lasting shift sooner than limits do.

    Args:
        values: z-scores, shape (…, periods): distance from the target in standard errors.
        k: slack in the same unit, half the shift to be found.
        h: decision limit in the same unit. With 0.5 and 5, a false alarm once in some 465 periods, and a shift of one
            standard error found after some 10.

    Returns:
        :class:`Cusum`. A gap leaves the sums as they are. They are not set back after a signal: it stands until the
        process has come back.

    Raises:
        ValueError: `k` below 0, `h` not above 0, or no axis of periods.

    Source: Page 1954, Biometrika 41:100; Montgomery, Introduction to Statistical Quality Control, ch. 9.
    """
    if k < 0 or h <= 0:
        raise ValueError(f"累积和参数 k={k}、h={h} 应为非负与正数")
    score = np.nan_to_num(_series(values), nan=0.0)
    slack = np.where(np.isfinite(values), k, 0.0)
    high, low = np.zeros(score.shape), np.zeros(score.shape)
    up = down = np.zeros(score.shape[:-1])
    for at in range(score.shape[-1]):
        up = np.maximum(0, up + score[..., at] - slack[..., at])
        down = np.maximum(0, down - score[..., at] - slack[..., at])
        high[..., at], low[..., at] = up, down
    signal = np.where(np.maximum(high, low) > h, np.where(high >= low, 1, -1), 0).astype(np.int8)
    return Cusum(high, low, signal)


def _series(values: ArrayLike) -> Floats:
    series = np.asarray(values, dtype=float)
    if series.ndim == 0:
        raise ValueError("时间序列至少要有一维")
    return series


def _sign(difference: Floats, rounding: Floats) -> Signs:
    """Sign of a difference; 0 for rounding and for gaps."""
    return (difference > rounding).astype(np.int8) - (difference < -rounding).astype(np.int8)


def _beyond(offset: Floats, half: Floats, side: Signs) -> Signs:
    return np.where(np.abs(offset) > half, side, 0).astype(np.int8)


def _completed(signs: Signs, length: int) -> Signs:
    """The sign, at each point that is the `length`-th or a later one in a row of equal signs; else 0."""
    if signs.shape[-1] < length:
        return np.zeros_like(signs)
    windows = np.lib.stride_tricks.sliding_window_view(signs, length, axis=-1)
    sums = windows.sum(axis=-1)
    found = (np.abs(sums) == length) * np.sign(sums)
    return np.concatenate([np.zeros_like(signs[..., : length - 1]), found.astype(np.int8)], axis=-1)


def _two_of_three(beyond: Signs, side: Signs) -> Signs:
    """The points beyond two sigma that lie in some three neighbours on one side, two of them beyond."""
    if side.shape[-1] < 3:
        return np.zeros_like(side)
    sides, beyonds = _in_threes(side), _in_threes(beyond)
    found = (np.abs(sides.sum(axis=-1)) == 3) & (np.abs(beyonds.sum(axis=-1)) >= 2)
    is_in_one = np.zeros(side.shape, dtype=bool)
    last = side.shape[-1] - 2
    for place in range(3):
        is_in_one[..., place : last + place] |= found
    return np.where(is_in_one, beyond, 0).astype(np.int8)


def _in_threes(signs: Signs) -> NDArray[Any]:
    return np.lib.stride_tricks.sliding_window_view(signs, 3, axis=-1)


def _first_of(*signals: Signs) -> Signs:
    chosen = signals[0].copy()
    for signal in signals[1:]:
        np.copyto(chosen, signal, where=chosen == 0)
    return chosen


def _direction(higher_is_better: ArrayLike) -> Signs:
    better: Flags = np.asarray(higher_is_better, dtype=bool)
    return np.where(better, 1, -1).astype(np.int8)
