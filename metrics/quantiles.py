"""How sure a quantile is: limits that are themselves values seen, whatever the distribution; vectorised."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]


def quantile_places(total: ArrayLike, quantile: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Places of the order statistics that enclose a quantile, whatever the distribution.

    Of n values in order, the r-th is above the quantile with the binomial probability that fewer than r lie below it.
    The lower place is the last that is above it in at most half of what the confidence leaves, and so for the upper.

    Args:
        total: how many values there are (n), any shape.
        quantile: between 0 and 1; broadcast with `total`.
        confidence: two-sided, between 0 and 1; equal tails.

    Returns:
        Lower and upper place, 1 … n, of the broadcast shape; nan where n is too small for a limit on that side
        (a median needs 6 values, a 90th percentile 36).

    Raises:
        ValueError: the quantile or the confidence is not between 0 and 1.

    Source: David & Nagaraja 2003, Order Statistics, 3rd ed., 7.1; Campbell & Gardner 1988, BMJ 296:1454.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"置信水平 {confidence} 应在 0 与 1 之间")
    count, share = np.broadcast_arrays(np.asarray(total, dtype=float), np.asarray(quantile, dtype=float))
    if np.any((share <= 0) | (share >= 1)):
        raise ValueError("分位点应在 0 与 1 之间")
    tail = (1 - confidence) / 2
    lower = np.asarray(stats.binom.ppf(tail, count, share), dtype=float)
    upper = np.asarray(stats.binom.ppf(1 - tail, count, share), dtype=float) + 1
    return np.where(lower >= 1, lower, np.nan), np.where(upper <= count, upper, np.nan)


def smallest_count_for_quantile(quantile: float, confidence: float = 0.95) -> int:
    """How many values a quantile needs to have both limits: 6 for a median, 36 for a 90th percentile.

    Raises:
        ValueError: the quantile or the confidence is not between 0 and 1.
    """
    total = 1
    while np.isnan(quantile_places(total, quantile, confidence)).any():
        total += 1
    return total
