"""Where a division stands against the region: funnel limits, and limits widened for over-dispersion.

Divisions lie on the last axis; every axis before it (indicator, month) is its own funnel. Two kinds of number:

- ``sqrt``: events against events expected (observed / expected, average 1), on the square-root scale as the Care
  Quality Commission does it; variance 1/(4 · expected).
- ``arcsine``: a share; `observed` is the numerator and `expected` the *denominator*; variance 1/(4 · denominator).
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from metrics.statistics.arrays import Floats, Signs, broadcast_floats, divide, quantile_of_known, two_sided_z
from metrics.statistics.intervals import exact_poisson_interval

Transform = Literal["sqrt", "arcsine"]


def funnel_limits_proportion(
    average: ArrayLike, denominator: ArrayLike, confidence: float = 0.998
) -> tuple[Floats, Floats]:
    """Limits within which a share of the average lies, by the normal approximation.

    A share lies outside them when the average lies outside its Wilson interval; below about ten they are rough.

    Args:
        average: share 0–1; denominator: count; of shapes that broadcast.
        confidence: two-sided; 0.95 and 0.998 are the two usual funnels.

    Returns:
        Lower and upper limit in 0–1, of the broadcast shape; nan where the denominator is 0 or anything is unknown.

    Raises:
        ValueError: an average outside 0–1, or a confidence that is not between 0 and 1.

    Source: Spiegelhalter 2005, Stat Med 24:1185.
    """
    centre, count = broadcast_floats(average, denominator)
    _check_shares(centre)
    half = two_sided_z(confidence) * np.sqrt(divide(centre * (1 - centre), np.where(count > 0, count, np.nan)))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def funnel_limits_ratio(expected: ArrayLike, confidence: float = 0.998) -> tuple[Floats, Floats]:
    """Exact Poisson limits of observed / expected, about 1.

    Args:
        expected: events expected, any shape, whole or not.
        confidence: two-sided.

    Returns:
        Lower and upper limit of the ratio, same shape; nan where nothing is expected or the number is unknown.

    Raises:
        ValueError: fewer than 0 events expected, or a confidence that is not between 0 and 1.

    Source: Spiegelhalter 2005, Stat Med 24:1185.
    """
    events = np.asarray(expected, dtype=float)
    lower, upper = exact_poisson_interval(events, confidence)
    return divide(lower, events), divide(upper, events)


def overdispersion(
    observed: ArrayLike,
    expected: ArrayLike,
    *,
    transform: Transform = "sqrt",
    winsorise: float = 0.1,
    average: ArrayLike | None = None,
) -> tuple[Floats, Floats]:
    """How much more divisions differ than chance explains.

    Args:
        observed, expected: shape (…, divisions); events and events expected, or numerator and denominator.
        transform: which of the two (see the module).
        winsorise: share of z-scores at each end that is drawn in to the quantile there; from 0 to below 0.5.
        average: for ``arcsine``, shape (…): the share to compare with; by default the pooled one.

    Returns:
        phi, shape (…): the mean square of the z-scores, 1 where chance explains all (about 0.75 after winsorising by
        a tenth); tau2, shape (…): the variance between divisions on the transformed scale, 0 where
        phi ≤ (n − 1) / n. Both nan where fewer than two divisions are known.

    Raises:
        ValueError: negative counts, a numerator above its denominator, an unknown transform, `winsorise` out of range.

    Source: Spiegelhalter 2005, Qual Saf Health Care 14:347; Spiegelhalter et al. 2012, J R Stat Soc A 175:1; the
    moment estimate is DerSimonian & Laird 1986.
    """
    if not 0 <= winsorise < 0.5:
        raise ValueError(f"缩尾比例 {winsorise} 应在 0 与 0.5 之间")
    deviation, error = _deviations(observed, expected, transform, average)
    z = deviation / error
    known = np.isfinite(z)
    count = known.sum(axis=-1)
    low, high = (quantile_of_known(z, share)[..., np.newaxis] for share in (winsorise, 1 - winsorise))
    square_sum = np.where(known, np.clip(z, low, high) ** 2, 0.0).sum(axis=-1)
    weight = np.where(known, error**-2.0, 0.0)
    weight_sum = weight.sum(axis=-1)
    spread = weight_sum - divide((weight**2).sum(axis=-1), weight_sum)
    is_enough = count >= 2
    phi = np.where(is_enough, divide(square_sum, count), np.nan)
    tau2 = np.where(is_enough, np.maximum(0, divide(square_sum - (count - 1), spread)), np.nan)
    return phi, tau2


def adjusted_z(
    observed: ArrayLike,
    expected: ArrayLike,
    tau2: ArrayLike = 0.0,
    *,
    transform: Transform = "sqrt",
    average: ArrayLike | None = None,
) -> Floats:
    """Distance from the average in standard errors, those between divisions (`tau2`, shape (…)) included.

    Args and errors are those of :func:`overdispersion`; `tau2` of 0 gives the unadjusted z-score.

    Returns:
        Shape (…, divisions); nan where a count is unknown, nothing is expected, or `tau2` is unknown.
    """
    deviation, error = _deviations(observed, expected, transform, average)
    return deviation / np.sqrt(error**2 + _per_funnel(tau2))


def adjusted_limits(
    expected: ArrayLike,
    tau2: ArrayLike,
    confidence: float = 0.998,
    *,
    transform: Transform = "sqrt",
    average: ArrayLike | None = None,
) -> tuple[Floats, Floats]:
    """Funnel limits widened for over-dispersion: where :func:`adjusted_z` reaches the quantile of the confidence.

    Args:
        expected: shape (…, points): events expected, or denominators for ``arcsine``.
        tau2: shape (…), from :func:`overdispersion`.
        average: the share in the middle, shape (…); ``arcsine`` needs it.

    Returns:
        Lower and upper limit, shape (…, points): of observed / expected for ``sqrt``, of the share for ``arcsine``;
        nan where nothing is expected. They do not close in on the average, but on its spread between divisions.

    Raises:
        ValueError: ``arcsine`` without an average, or one outside 0–1.

    Source: as :func:`overdispersion`.
    """
    if transform == "arcsine" and average is None:
        raise ValueError("比例的漏斗界限需要给出平均值")
    events = np.asarray(expected, dtype=float)
    half = two_sided_z(confidence) * np.sqrt(_standard_error(events) ** 2 + _per_funnel(tau2))
    if transform == "sqrt":
        return np.maximum(1 - half, 0) ** 2, (1 + half) ** 2
    centre = _angle(_per_funnel(average if average is not None else np.nan))
    return np.sin(np.maximum(centre - half, 0)) ** 2, np.sin(np.minimum(centre + half, np.pi / 2)) ** 2


def funnel_position(z: ArrayLike, inner: float = 0.95, outer: float = 0.998) -> Signs:
    """Which band of the funnel a z-score lies in.

    Returns:
        Same shape: 0 within the inner limits, ±1 between them and the outer, ±2 beyond the outer; the sign says above
        or below. An unknown z is 0: it is no finding.
    """
    score = np.nan_to_num(np.asarray(z, dtype=float), nan=0.0)
    bands: Signs = (np.abs(score) > two_sided_z(inner)).astype(np.int8) + (np.abs(score) > two_sided_z(outer))
    return np.where(score < 0, -bands, bands)


def _deviations(
    observed: ArrayLike, expected: ArrayLike, transform: Transform, average: ArrayLike | None
) -> tuple[Floats, Floats]:
    """Distance from the average on the transformed scale, and its standard error, where both counts are known."""
    seen, base = broadcast_floats(observed, expected)
    if np.any(seen < 0) or np.any(base < 0):
        raise ValueError("事件数不能为负")
    known = np.isfinite(seen) & np.isfinite(base) & (base > 0)
    error = np.where(known, _standard_error(base), np.nan)
    if transform == "sqrt":
        return np.sqrt(divide(seen, base)) - 1, error
    if transform != "arcsine":
        raise ValueError(f"未知的变换 {transform!r}：应为 sqrt 或 arcsine")
    if np.any(seen > base):
        raise ValueError("分子应在 0 与分母之间")
    if average is None:
        totals = (np.where(known, one, 0.0).sum(axis=-1) for one in (seen, base))
        average = divide(*totals)
    return _angle(divide(seen, base)) - _angle(_per_funnel(average)), error


def _standard_error(base: Floats) -> Floats:
    return divide(0.5, np.sqrt(np.where(base > 0, base, np.nan)))


def _angle(share: Floats) -> Floats:
    _check_shares(share)
    return np.arcsin(np.sqrt(share))


def _per_funnel(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=float)[..., np.newaxis]


def _check_shares(share: Floats) -> None:
    if np.any((share < 0) | (share > 1)):
        raise ValueError("平均比例应在 0 与 1 之间")
