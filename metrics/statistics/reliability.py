"""How far a number can be relied on, as one letter that a reader of a page understands."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.statistics.arrays import broadcast_floats, divide


class GradeLimits(NamedTuple):
    """What a number needs for a grade."""

    grade: str
    widest: float
    """Interval's width over `scale`, at most."""
    denominator: float
    """At least."""
    completeness: float
    """Reporters filed over reporters expected, at least."""


# A starting proposal, to be set by dated policy.
GRADES = (
    GradeLimits("A", 0.10, 100, 0.95),
    GradeLimits("B", 0.20, 30, 0.85),
    GradeLimits("C", 0.40, 10, 0.60),
)
LOWEST_GRADE = "D"
CRITERIA = ("interval", "denominator", "completeness")


class Reliability(NamedTuple):
    """What :func:`reliability_grade` gives, each of the broadcast shape."""

    grade: NDArray[Any]
    """A (best) to D, or "" where there is no number to grade."""
    limited_by: NDArray[Any]
    """What keeps it from A: the worst of interval, denominator and completeness (the first of equals); "" for an A."""


def reliability_grade(
    lower: ArrayLike,
    upper: ArrayLike,
    denominator: ArrayLike,
    completeness: ArrayLike,
    *,
    scale: ArrayLike = 1.0,
    grades: Sequence[GradeLimits] = GRADES,
) -> Reliability:
    """The grade of each number: that of the weakest of interval, denominator and completeness.

    Args:
        lower, upper: its interval, in its unit; denominator: count; completeness: 0–1; of shapes that broadcast.
        scale: the width that would say nothing, in the same unit: 1 for a share, the region's rate for a rate.
        grades: best first, each no stricter than the one before.

    Returns:
        :class:`Reliability`; no grade where an input is unknown or the scale is not above 0.

    Raises:
        ValueError: an upper limit below the lower, or grades that become stricter.

    Source: this project's own proposal; statistics offices mark estimates by letter in the same way.
    """
    bounds = np.array([limits[1:] for limits in grades])
    if np.any(np.diff(bounds, axis=0) * [1, -1, -1] < 0):
        raise ValueError("可靠性等级应由严到宽")
    low, high, base, share, width = broadcast_floats(lower, upper, denominator, completeness, scale)
    if np.any(high < low):
        raise ValueError("区间上限低于下限")
    relative = divide(high - low, np.where(width > 0, width, np.nan))
    missed = np.stack([
        sum(relative > limits.widest for limits in grades),
        sum(base < limits.denominator for limits in grades),
        sum(share < limits.completeness for limits in grades),
    ])  # how many grades each criterion misses
    worst = missed.max(axis=0)
    known = np.isfinite(relative) & np.isfinite(base) & np.isfinite(share)
    names = np.array([*(limits.grade for limits in grades), LOWEST_GRADE])
    limited_by = np.array(CRITERIA)[missed.argmax(axis=0)]
    return Reliability(np.where(known, names[worst], ""), np.where(known & (worst > 0), limited_by, ""))
