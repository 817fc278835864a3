"""Did a series change its level, and when: one step for many series at once, or several in one series."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from metrics.statistics.arrays import Flags, Floats, divide, mean_of_known, rounding_of

LEAST_SEGMENT = 4
# 2 would find a step in one of ten steady series of 24 periods, since the best of many places is taken; 3 in one of 25
_PENALTY = 3.0
# the mean range between neighbours is 1.128 σ, and a step adds to one range only
_RANGE_PER_SIGMA = 1.128


class Step(NamedTuple):
    """What :func:`step_change` gives, each of shape (…)."""

    is_found: Flags
    """Whether the best step explains more than its penalty."""
    at: Floats
    """Index, on the axis of periods, of the first period after the best step; nan where there are too few values."""
    before: Floats
    """Mean before, in the unit of the values."""
    after: Floats
    """Mean after."""


def step_change(values: ArrayLike, *, least_segment: int = LEAST_SEGMENT, penalty: float = _PENALTY) -> Step:
    """The one change of level that explains most of each series.

    Args:
        values: shape (…, periods), oldest first, not of overlapping windows; nan where not filed, and then passed over.
        least_segment: values before and after, at least.
        penalty: what a step must gain, in σ² ln n, where σ comes from the ranges between neighbours.

    Returns:
        :class:`Step`: the best place stands in `at`, `before` and `after` whether or not it `is_found`.

    Raises:
        ValueError: no axis of periods, or a `least_segment` below 1.

    Source: the place is that of least squares, as ruptures' Dynp(model="l2", jump=1) finds it for one step (Truong,
    Oudre & Vayatis 2020, Signal Processing 167:107299); the penalty has the form of Schwarz 1978.
    """
    series = np.asarray(values, dtype=float)
    if series.ndim == 0 or least_segment < 1:
        raise ValueError(f"时间序列至少要有一维，每段至少 1 个值（给定 {least_segment}）")
    if not series.shape[-1]:
        series = np.full((*series.shape[:-1], 1), np.nan)
    known = np.isfinite(series)
    count = known.sum(axis=-1)
    # centred, so that sums of squares do not lose their last digits
    level = mean_of_known(series)
    sums = np.cumsum(np.where(known, series - level[..., np.newaxis], 0.0), axis=-1)
    first = np.cumsum(known, axis=-1)
    total, last = sums[..., -1:], count[..., np.newaxis] - first
    # a step lies after a known value, with enough of them on both sides
    is_place = known & (first >= least_segment) & (last >= least_segment)
    gain = np.where(is_place, divide(sums**2, first) + divide((total - sums) ** 2, last), -np.inf)
    best = np.argmax(gain, axis=-1)[..., np.newaxis]
    is_enough = is_place.any(axis=-1)
    gained, sum_before, n_before = (np.take_along_axis(one, best, axis=-1)[..., 0] for one in (gain, sums, first))
    before = level + divide(sum_before, n_before)
    after = level + divide(total[..., 0] - sum_before, count - n_before)
    is_real = np.abs(after - before) > rounding_of(series)[..., 0]
    is_found = is_enough & is_real & (gained > penalty * _noise(series) * np.log(np.maximum(count, 2)))
    following = np.argmax(known & (np.arange(series.shape[-1]) > best), axis=-1)
    at, before, after = (np.where(is_enough, one, np.nan) for one in (following.astype(float), before, after))
    return Step(is_found, at, before, after)


def change_points(values: ArrayLike, *, least_segment: int = LEAST_SEGMENT, penalty: float = _PENALTY) -> list[int]:
    """All changes of level of one series, however many: for the history of a single number.

    Args:
        values: shape (periods,); nan where not filed, and then passed over.
        least_segment, penalty: as in :func:`step_change`.

    Returns:
        Indices of the first period of each new level, in order; empty where none is found or there are too few values.

    Raises:
        ValueError: more than one axis.

    Source: PELT (Killick, Fearnhead & Eckley 2012, J Am Stat Assoc 107:1590) by ruptures, every place tried (jump=1).
    """
    series = np.asarray(values, dtype=float)
    if series.ndim != 1:
        raise ValueError(f"逐一查找变点只接受一个序列，实为 {series.ndim} 维")
    places = np.flatnonzero(np.isfinite(series))
    if len(places) < 2 * least_segment:
        return []
    import ruptures  # takes a second to import, and few pages ask for it

    known = series[places]
    cost = penalty * float(_noise(series)) * np.log(len(known))
    # a series with no noise at all must still not be cut between equal values
    cost = max(cost, len(known) * float(rounding_of(known)[0]) ** 2, 1e-300)
    ends = ruptures.Pelt(model="l2", min_size=least_segment, jump=1).fit(known).predict(pen=cost)
    return [int(places[end]) for end in ends[:-1]]


def _noise(series: Floats) -> Floats:
    """Variance of a series about its levels, from the ranges between neighbours; shape (…)."""
    ranges = np.abs(np.diff(series, axis=-1))
    return np.nan_to_num((mean_of_known(ranges) / _RANGE_PER_SIGMA) ** 2)
