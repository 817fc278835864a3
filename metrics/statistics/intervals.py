"""Intervals of shares and of counts of events; a missing count (nan) gives a missing limit."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special
from statsmodels.stats.proportion import proportion_confint

from metrics.statistics.arrays import Floats, check_confidence, two_sided_z

# Byar's approximation is accurate enough from ten events on; below, the exact limits are used.
_SMALLEST_COUNT_FOR_BYAR = 10


def wilson_interval(numerator: ArrayLike, denominator: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Wilson's score interval of a share.

    Args:
        numerator, denominator: counts, of shapes that broadcast; nan where unknown.
        confidence: two-sided, between 0 and 1.

    Returns:
        Lower and upper limit in 0–1, of the broadcast shape; nan where the denominator is 0 or a count is nan.

    Raises:
        ValueError: a numerator is negative or above its denominator, or the confidence is not between 0 and 1.

    Source: Wilson 1927, J Am Stat Assoc 22:209; Newcombe & Altman 2000.
    """
    count, total = np.broadcast_arrays(np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float))
    check_confidence(confidence)
    if np.any(count < 0) or np.any(count > total):
        raise ValueError("分子应在 0 与分母之间")
    known = np.isfinite(count) & np.isfinite(total) & (total > 0)
    lower, upper = np.full(count.shape, np.nan), np.full(count.shape, np.nan)
    if known.any():
        limits: tuple[Any, Any] = proportion_confint(count[known], total[known], alpha=1 - confidence, method="wilson")
        lower[known], upper[known] = limits
        # none and all are certain on one side; rounding would leave 6e-17 there
        lower[known & (count == 0)], upper[known & (count == total)] = 0.0, 1.0
    return lower, upper


def exact_poisson_interval(count: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Exact (chi-square) limits of an expected count, given the count seen.

    Args:
        count: events, any shape, whole or not; nan where unknown.
        confidence: two-sided, between 0 and 1.

    Returns:
        Lower and upper limit in events, same shape; the lower limit of 0 events is 0. A rate's limits are these over
        its population.

    Raises:
        ValueError: a count is negative, or the confidence is not between 0 and 1.

    Source: Garwood 1936, Biometrika 28:437; the limits are quantiles of the gamma distribution.
    """
    seen, alpha = _checked_counts(count, confidence), 1 - confidence
    # the quantiles cost a microsecond each, and the same counts come again and again
    distinct, where = np.unique(seen, return_inverse=True)
    where = where.reshape(seen.shape)
    # gammaincinv(0, ·) is nan: no events leave no room below
    lower = np.where(distinct == 0, 0.0, special.gammaincinv(np.where(distinct == 0, 1.0, distinct), alpha / 2))
    return lower[where], special.gammaincinv(distinct + 1, 1 - alpha / 2)[where]


def byar_interval(count: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Byar's approximation to the limits of an expected count; exact below ten events.

    Args, returns and errors are those of :func:`exact_poisson_interval`.

    Source: Breslow & Day 1987, Statistical Methods in Cancer Research II, p. 69.
    """
    seen = _checked_counts(count, confidence)
    z = two_sided_z(confidence)
    few = seen < _SMALLEST_COUNT_FOR_BYAR
    enough = np.where(few, float(_SMALLEST_COUNT_FOR_BYAR), seen)
    lower = enough * (1 - 1 / (9 * enough) - z / (3 * np.sqrt(enough))) ** 3
    upper = (enough + 1) * (1 - 1 / (9 * (enough + 1)) + z / (3 * np.sqrt(enough + 1))) ** 3
    exact_lower, exact_upper = exact_poisson_interval(np.where(few, seen, 0.0), confidence)
    return np.where(few, exact_lower, lower), np.where(few, exact_upper, upper)


def _checked_counts(count: ArrayLike, confidence: float) -> Floats:
    check_confidence(confidence)
    seen = np.asarray(count, dtype=float)
    if np.any(seen < 0):
        raise ValueError("事件数不能为负")
    return seen
