"""Weighted means of an aggregate's children, on plain arrays: children × units, with any axes before."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
# INFORM brings what it inverts to 1–10, so that a single safe child does not make all the others count for nothing.
INVERTED_LOW, INVERTED_HIGH = 1.0, 10.0


def mean_of(values: Array, weights: Array, method: str, scale: tuple[float, float], present: Array | None = None,
            ) -> Array:
    """The mean of what is present, weights taken anew over it.

    Args:
        values: … × children × units. What is not present may hold anything but nan.
        weights: … × children, not negative; need not sum to 1.
        method: `arithmetic`; `geometric` and `harmonic` (0 where a child with a weight is 0 or below: the limit);
            `inverted_geometric`: hi - (g - 1) / 9 × (hi - lo), g the geometric mean of 1 + 9 × (hi - x) / (hi - lo).
        scale: (lo, hi) of `inverted_geometric`.
        present: … × children × units of 0 and 1, or None where all are.

    Returns:
        … × units; nan where nothing with a weight is present.

    Source: OECD/JRC Handbook 2008, step 6; inverted geometric mean: INFORM Index, Marin-Ferrer et al. 2017, JRC 106949.
    """
    if method == "inverted_geometric":
        low, high = (values.dtype.type(end) for end in scale)
        nine, one = values.dtype.type(INVERTED_HIGH - INVERTED_LOW), values.dtype.type(INVERTED_LOW)
        turned = (high - values) / (high - low) * nine + one
        geometric = mean_of(turned, weights, "geometric", scale, present)
        inverted: Array = (one + nine - geometric) / nine * (high - low) + low
        return inverted
    total = _total(weights, present, values)
    with np.errstate(divide="ignore", invalid="ignore"):
        if method == "arithmetic":
            return np.where(total > 0, _sum(weights, values, present) / total, np.nan)
        is_positive = values > 0
        safe = values if is_positive.all() else np.where(is_positive, values, 1)
        if method == "geometric":
            mean = np.exp(_sum(weights, np.log(safe), present) / total)
        else:
            mean = total / _sum(weights, 1 / safe, present)
        if safe is not values:
            mean = np.where(_sum(weights, (~is_positive).astype(values.dtype), present) > 0, 0, mean)
        return np.where(total > 0, mean, np.nan).astype(values.dtype)


def _sum(weights: Array, values: Array, present: Array | None) -> Array:
    kept = values if present is None else values * present
    if kept.ndim == 2:  # children × units, the same for all sets of weights
        together: Array = weights @ kept
        return together
    each: Array = np.matmul(weights[..., None, :], kept)[..., 0, :]
    return each


def _total(weights: Array, present: Array | None, values: Array) -> Array:
    if present is None:
        summed: Array = weights.sum(axis=-1)[..., None]
        return summed
    return _sum(weights, present.astype(values.dtype, copy=False), None)
