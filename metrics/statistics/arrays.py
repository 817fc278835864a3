"""What the statistics share: the kinds of array they take and give, and arithmetic that leaves gaps (nan) out."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Signs = NDArray[np.int8]


# equal numbers computed in two ways differ by some 1e-16 of their size
_ROUNDING = 1e-12


def check_confidence(confidence: float) -> None:
    """Refuse (ValueError) a two-sided confidence that is not between 0 and 1."""
    if not 0 < confidence < 1:
        raise ValueError(f"置信水平 {confidence} 应在 0 与 1 之间")


def two_sided_z(confidence: float) -> float:
    """The normal quantile of a two-sided confidence: 1.96 for 0.95."""
    check_confidence(confidence)
    return float(special.ndtri(1 - (1 - confidence) / 2))


def broadcast_floats(*arrays: ArrayLike) -> tuple[Floats, ...]:
    """The arrays as floats of one common shape."""
    return tuple(np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in arrays)))


def divide(numerator: Any, denominator: Any) -> Floats:
    """Elementwise quotient; nan where the denominator is 0 or unknown."""
    over, under = broadcast_floats(numerator, denominator)
    quotient = np.full(over.shape, np.nan)
    np.divide(over, under, out=quotient, where=np.isfinite(under) & (under != 0))
    return quotient


def mean_of_known(values: Floats) -> Floats:
    """Mean along the last axis without the gaps; nan where nothing is known."""
    known = np.isfinite(values)
    return divide(np.where(known, values, 0.0).sum(axis=-1), known.sum(axis=-1))


def quantile_of_known(values: Floats, share: float) -> Floats:
    """Quantile along the last axis without the gaps (linear between order statistics, R's type 7).

    numpy.nanquantile gives the same, but goes row by row as soon as there is one gap.
    """
    if not values.shape[-1]:
        return np.full(values.shape[:-1], np.nan)
    ordered = np.sort(values, axis=-1)  # gaps go last
    count = np.isfinite(values).sum(axis=-1)
    place = share * np.maximum(count - 1, 0)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    lower, upper = (np.take_along_axis(ordered, at[..., np.newaxis], axis=-1)[..., 0] for at in (below, above))
    return np.where(count > 0, lower + (upper - lower) * (place - below), np.nan)


def rounding_of(series: Floats) -> Floats:
    """What is too small to be a difference in each series along the last axis; shape (…, 1)."""
    largest: Floats = np.max(np.abs(np.nan_to_num(series)), axis=-1, keepdims=True, initial=0.0)
    return _ROUNDING * largest
