"""Is a series getting better or worse: the Mann-Kendall test with Sen's slope, for many series at once.

pymannkendall gives the same numbers for one series at a time; the tests compare with it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from metrics.statistics.arrays import Floats, divide, quantile_of_known, two_sided_z

# fewer leave the normal approximation of Kendall's score too rough
LEAST_POINTS = 8
# pairs of periods held at once; some 40 MB
_PAIRS_AT_ONCE = 2_000_000


class Trend(NamedTuple):
    """What :func:`trend_test` gives, each of shape (…); nan where there are too few values."""

    p: Floats
    """Two-sided p-value."""
    z: Floats
    """Score in standard errors, with continuity correction; its sign is the direction."""
    slope: Floats
    """Sen's slope: the median change per period, in the unit of the values."""
    score: Floats
    """Kendall's S: rising pairs less falling pairs."""
    variance: Floats
    """Of S, for ties and, where asked, for autocorrelation."""
    points: Floats
    """How many values there were (never nan)."""


def trend_test(
    values: ArrayLike,
    *,
    window: ArrayLike = 1,
    correct_autocorrelation: bool = True,
    least_points: int = LEAST_POINTS,
) -> Trend:
    """Mann-Kendall's test for a monotonic trend, with Sen's slope.

    Args:
        values: shape (…, periods), oldest first; nan where not filed (slopes keep the true distance across a gap).
        window: how many periods each value sums up, of a shape that broadcasts to (…). Above 1, values overlap and are
            correlated in a known way, and the variance is that of sums of independent periods: estimated from three
            years of 12-month windows, the correction below still finds a trend in four of ten series that have none.
        correct_autocorrelation: where the window is 1, widen, or narrow, the variance for the lags whose
            autocorrelation is significant at 5% after detrending (Hamed and Rao). Where nothing is significant, the
            variance is the plain one; so it is too where the correction leaves none (0 or below).
        least_points: fewer values than this, at least 3, give nan.

    Returns:
        :class:`Trend`. A series that never changes has z 0, p 1 and slope 0.

    Raises:
        ValueError: no axis of periods, a window below 1, or `least_points` below 3.

    Source: Mann 1945, Econometrica 13:245; Sen 1968, J Am Stat Assoc 63:1379; Hamed & Rao 1998, J Hydrol 204:182.
    """
    series = np.asarray(values, dtype=float)
    if series.ndim == 0:
        raise ValueError("时间序列至少要有一维")
    if least_points < 3:
        raise ValueError(f"趋势检验至少需要 3 个值，给定 {least_points}")
    windows = np.broadcast_to(np.asarray(window, dtype=float), series.shape[:-1]).reshape(-1)
    if np.any(windows < 1):
        raise ValueError("窗口至少为 1 期")
    rows = series.reshape(windows.size, series.shape[-1])
    block = max(1, _PAIRS_AT_ONCE // max(1, series.shape[-1]) ** 2)
    parts = [
        _test_rows(rows[start : start + block], windows[start : start + block], correct_autocorrelation, least_points)
        for start in range(0, len(rows), block)
    ]
    if not parts:
        return Trend(*(np.empty(series.shape[:-1]) for _ in Trend._fields))
    return Trend(*(np.concatenate(column).reshape(series.shape[:-1]) for column in zip(*parts, strict=True)))


def _test_rows(rows: Floats, windows: Floats, correct_autocorrelation: bool, least_points: int) -> Trend:
    count = np.isfinite(rows).sum(axis=-1).astype(float)
    earlier, later = np.triu_indices(rows.shape[-1], k=1)
    change = rows[:, later] - rows[:, earlier]
    score = (change > 0).sum(axis=-1) - (change < 0).sum(axis=-1).astype(float)
    slope = quantile_of_known(change / (later - earlier), 0.5)
    variance = _plain_variance(count, change == 0, later, earlier)
    factor = _overlap_factor(count, windows)
    if correct_autocorrelation:
        estimated = _hamed_rao_factor(_without_gaps(rows), count, slope)
        factor = np.where((windows == 1) & (estimated > 0), estimated, factor)
    variance = variance * factor
    z = np.where(score == 0, 0.0, divide(score - np.sign(score), np.sqrt(variance)))
    p = 2 * special.ndtr(-np.abs(z))
    is_enough = count >= least_points
    p, z, slope, score, variance = (np.where(is_enough, one, np.nan) for one in (p, z, slope, score, variance))
    return Trend(p, z, slope, score, variance, count)


def _plain_variance(count: Floats, is_tie: np.ndarray, later: np.ndarray, earlier: np.ndarray) -> Floats:
    """Variance of S: n(n−1)(2n+5)/18, less the same of each group of ties.

    A point tied with t − 1 others is in t − 1 pairs; summed over its group, (t−1)(2t+5) gives the group's t(t−1)(2t+5).
    """
    width = int(later.max(initial=0)) + 1
    row, pair = np.nonzero(is_tie)
    ends = np.concatenate([row * width + later[pair], row * width + earlier[pair]])
    tied_with: Floats = np.bincount(ends, minlength=len(is_tie) * width).reshape(len(is_tie), width).astype(float)
    ties: Floats = (tied_with * (2 * tied_with + 7)).sum(axis=-1)
    variance: Floats = (count * (count - 1) * (2 * count + 5) - ties) / 18
    return variance


def _without_gaps(rows: Floats) -> Floats:
    """Each row's values moved together to its start, in order; the rest nan."""
    order = np.argsort(np.isnan(rows), axis=-1, kind="stable")
    return np.take_along_axis(rows, order, axis=-1)


def _hamed_rao_factor(rows: Floats, count: Floats, slope: Floats) -> Floats:
    """What the variance of S is multiplied by for autocorrelation of the detrended ranks; 1 where there is none."""
    width = rows.shape[-1]
    detrended = rows - np.arange(1, width + 1) * slope[:, np.newaxis]
    ranks = stats.rankdata(detrended, axis=-1, nan_policy="omit")
    mean_rank = ((count + 1) / 2)[:, np.newaxis]
    deviation = np.where(np.isfinite(rows), ranks - mean_rank, 0.0)
    power = (deviation**2).sum(axis=-1)
    bound = divide(two_sided_z(0.95), np.sqrt(count))
    total = np.zeros(len(rows))
    for lag in range(1, width):
        correlation = divide((deviation[:, :-lag] * deviation[:, lag:]).sum(axis=-1), power)
        total += np.where(np.abs(correlation) > bound, _weight_of_lag(count, lag) * correlation, 0.0)
    return 1 + 2 * total


def _overlap_factor(count: Floats, windows: Floats) -> Floats:
    """The same factor where the autocorrelation is known: at lag k, windows of w periods share w − k of them.

    Ranks correlate a little less than values: 6/π · arcsin(ρ/2) where those are normal (Kendall & Stuart).
    """
    total = np.zeros(count.shape)
    for lag in range(1, int(windows.max(initial=1))):
        shared = np.maximum(0, 1 - lag / windows)
        total += _weight_of_lag(count, lag) * 6 / np.pi * np.arcsin(shared / 2)
    return 1 + 2 * total


def _weight_of_lag(count: Floats, lag: int) -> Floats:
    left = np.maximum(count - lag, 0)
    pairs = left * (left - 1) * (left - 2)
    return np.nan_to_num(divide(pairs, count * (count - 1) * (count - 2)))
