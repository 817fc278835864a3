"""The arithmetic of the steps on plain arrays, units on the last axis, any axes before: one index or thousands at once.

Missing is nan and stays nan. Both the step-by-step engine and the Monte Carlo call these, so that they cannot differ.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]  # float64 step by step, float32 in the Monte Carlo

UNTOUCHED, WINSORISED, LOGGED = 0, 1, 2


def skew_and_kurtosis(values: Array) -> tuple[Array, Array]:
    """Sample skewness and excess kurtosis (type 2: those of Excel and COINr) over the last axis, nan left out.

    Returns:
        Two arrays without the last axis; nan with fewer than four values or none that differ.

    Source: Joanes & Gill 1998, The Statistician 47:183 (G1, G2).
    """
    known = ~np.isnan(values)
    n = known.sum(axis=-1).astype(values.dtype)
    with np.errstate(divide="ignore", invalid="ignore"):
        if known.all():
            mean = values.mean(axis=-1)
            apart = values - mean[..., None]
        else:
            mean = np.where(known, values, 0).sum(axis=-1) / n
            apart = np.where(known, values - mean[..., None], 0)
        squares = apart * apart
        m2 = squares.sum(axis=-1)
        g1 = np.sqrt(n) * np.einsum("...u,...u->...", squares, apart) / m2**1.5
        g2 = n * np.einsum("...u,...u->...", squares, squares) / m2**2
        skew = g1 * np.sqrt(n * (n - 1)) / (n - 2)
        kurtosis = ((n + 1) * (g2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    # rounding leaves a spread of 1e-17 in a column of equal values
    is_flat = (n < 4) | (m2 <= n * (np.finfo(values.dtype).eps * 8 * np.abs(mean)) ** 2)
    return np.where(is_flat, np.nan, skew), np.where(is_flat, np.nan, kurtosis)


def is_beyond(values: Array, skew_limit: float, kurtosis_limit: float) -> NDArray[np.bool_]:
    """Whether both |skewness| and kurtosis exceed their limits."""
    skew, kurtosis = skew_and_kurtosis(values)
    return (np.abs(skew) > skew_limit) & (kurtosis > kurtosis_limit)


def treat(values: Array, skew_limit: float, kurtosis_limit: float, points: int, log_after: bool,
          ) -> tuple[Array, NDArray[np.int8]]:
    """Bring outlying columns within the limits: winsorise up to `points` values, else log the raw ones.

    One value after the other at the side of the skew takes the value of the next; ties go together. Where `points` do
    not suffice, the raw values x become log(x - min + (max - min) / 100), whatever their sign.

    Args:
        values: … × units; not changed.

    Returns:
        Treated values, and what was done per column (`UNTOUCHED`, `WINSORISED`, `LOGGED`).

    Source: COINr Treat(), winsorise(), log_CT().
    """
    kind = np.zeros(values.shape[:-1], np.int8)
    skew, kurtosis = skew_and_kurtosis(values)
    failing = (np.abs(skew) > skew_limit) & (kurtosis > kurtosis_limit)
    if not failing.any():
        return values, kind
    raw = values[failing]
    done, still = _winsorise(raw, skew[failing], skew_limit, kurtosis_limit, points)
    kinds = np.full(len(raw), WINSORISED, np.int8)
    if log_after and still.any():
        done[still], kinds[still] = _shifted_log(raw[still]), LOGGED
    treated = values.copy()
    treated[failing], kind[failing] = done, kinds
    return treated, kind


def _winsorise(raw: Array, skew: Array, skew_limit: float, kurtosis_limit: float, points: int,
               ) -> tuple[Array, NDArray[np.bool_]]:
    """Columns C × units of known skew, all beyond the limits; winsorised, and which are still beyond."""
    values, skew = raw.copy(), skew.copy()
    still = np.ones(len(raw), bool)
    high, low = np.zeros(len(raw), int), np.zeros(len(raw), int)  # how many values stand at either edge
    for _ in range(points):
        active = np.flatnonzero(still & (high + low < points))
        if not active.size:
            break
        columns = values[active]
        sign = np.where(skew[active] >= 0, 1, -1).astype(columns.dtype)[:, None]
        turned = np.where(np.isnan(columns), -np.inf, columns * sign)
        at_edge = turned == turned.max(axis=1, keepdims=True)
        following = np.where(at_edge, -np.inf, turned).max(axis=1, keepdims=True)
        columns = np.where(at_edge, following * sign, columns)
        values[active] = columns
        upwards = sign[:, 0] > 0
        high[active[upwards]] = at_edge[upwards].sum(axis=1)
        low[active[~upwards]] = at_edge[~upwards].sum(axis=1)
        skew[active], kurtosis = skew_and_kurtosis(columns)
        still[active] = (np.abs(skew[active]) > skew_limit) & (kurtosis > kurtosis_limit)
    return values, still


def _shifted_log(values: Array) -> Array:
    low, high = np.nanmin(values, axis=-1, keepdims=True), np.nanmax(values, axis=-1, keepdims=True)
    logged: Array = np.log(values - low + (high - low) * values.dtype.type(0.01))
    return logged


def min_max(values: Array, scale: tuple[float, float]) -> Array:
    """The lowest becomes `scale[0]`, the highest `scale[1]`; the middle of the scale where all are equal."""
    low, high = _ends(values)
    return _to_scale(_divide(values - low, high - low, 0.5), scale)


def z_scores(values: Array, z_scale: tuple[float, float]) -> Array:
    """(x - mean) / standard deviation (n - 1), brought to the wished mean and deviation.

    Where all are equal, all are the mean.
    """
    n = (~np.isnan(values)).sum(axis=-1, keepdims=True).astype(values.dtype)
    apart = values - np.nansum(values, axis=-1, keepdims=True) / n
    deviation = np.sqrt(np.nansum(apart * apart, axis=-1, keepdims=True) / np.maximum(n - 1, 1))
    low, high = _ends(values)
    deviation = np.where(high > low, deviation, 0)  # rounding
    mean, spread = (values.dtype.type(part) for part in z_scale)
    scores: Array = _divide(apart, deviation, 0.0) * spread + mean
    return scores


def ranks(values: Array) -> Array:
    """1 for the lowest; equal values share the lower rank. nan has none."""
    flat = values.reshape(-1, values.shape[-1])
    count = flat.shape[1]
    order, ordered = _sorted_singles(flat) if flat.dtype == np.float32 else _sorted(flat)
    place = np.zeros(flat.shape, np.int32)
    np.multiply(ordered[:, 1:] != ordered[:, :-1], np.arange(1, count, dtype=np.int32), out=place[:, 1:])
    np.maximum.accumulate(place, axis=1, out=place)
    place += 1
    found = np.empty(flat.size, values.dtype)
    found[(order + np.arange(len(flat))[:, None] * count).ravel()] = place.ravel()
    found += _NONE_IF[np.isnan(flat).ravel().view(np.int8)].astype(values.dtype, copy=False)
    return found.reshape(values.shape)


# Adding a looked-up nan is several times as fast as choosing by a mask without order, which the processor cannot guess.
_NONE_IF = np.array([0, np.nan], np.float32)


def _sorted(flat: Array) -> tuple[Array, Array]:
    """Order within each row, nan last, and something that is equal in that order where the values are."""
    known = np.where(np.isnan(flat), np.inf, flat)  # a nan among the values makes numpy sort ten times slower
    order = np.argsort(known, axis=1)
    return order, np.take_along_axis(known, order, axis=1)


def _sorted_singles(flat: Array) -> tuple[Array, Array]:
    """As :func:`_sorted` and many times as fast: value and place in one integer, which numpy sorts with wide registers.

    The bits of a float, with those behind the sign turned over in negative ones, go in the order of the numbers; those
    of a nan without its sign come after infinity.
    """
    bits = (flat + np.float32(0)).view(np.int32)  # -0 is 0
    bits &= ~(np.isnan(flat).astype(np.int32) << 31)
    bits ^= (bits >> 31) & np.int32(0x7FFFFFFF)
    keys = bits.astype(np.int64)
    keys <<= 32
    keys |= np.arange(flat.shape[1])
    keys.sort(axis=1)
    return keys & 0xFFFFFFFF, keys >> 32


def percentile_ranks(values: Array, scale: tuple[float, float]) -> Array:
    """(rank - 1) / (n - 1) on the scale; the middle of it where all are equal."""
    n = (~np.isnan(values)).sum(axis=-1, keepdims=True).astype(values.dtype)
    low, high = _ends(values)
    return _to_scale(_divide(ranks(values) - 1, np.where(high > low, n - 1, 0), 0.5), scale)


def between_posts(values: Array, low: Array, high: Array, scale: tuple[float, float], clip: bool) -> Array:
    """A straight line from `low` to `high` (per column, without the units' axis); clipped at both if wished."""
    share = (values - low[..., None]) / (high - low)[..., None]
    return _to_scale(np.clip(share, 0, 1) if clip else share, scale)


def towards_target(values: Array, target: Array, scale: tuple[float, float], clip: bool) -> Array:
    """1 - (target - x) / (target - min) on the scale; at or beyond the target 1 if clipped.

    Source: COINr n_dist2targ(). Where the target is not above the lowest value, all have reached it: 1.
    """
    low, _ = _ends(values)
    goal = target[..., None]
    share = np.where(goal > low, 1 - _divide(goal - values, goal - low, 0.0), np.where(np.isnan(values), np.nan, 1))
    share = share.astype(values.dtype)
    return _to_scale(np.minimum(share, 1) if clip else share, scale)


def _ends(values: Array) -> tuple[Array, Array]:
    return np.fmin.reduce(values, axis=-1, keepdims=True), np.fmax.reduce(values, axis=-1, keepdims=True)


def _divide(above: Array, below: Array, where_zero: float) -> Array:
    """above / below; where below is 0 a fixed value, but nan stays nan."""
    is_zero = below == 0
    if not is_zero.any():
        return above / below
    share: Array = np.where(is_zero, np.where(np.isnan(above), np.nan, where_zero), above / np.where(is_zero, 1, below))
    return share.astype(above.dtype)


def _to_scale(share: Array, scale: tuple[float, float]) -> Array:
    low, high = (share.dtype.type(end) for end in scale)
    scaled: Array = share * (high - low) + low
    return scaled
