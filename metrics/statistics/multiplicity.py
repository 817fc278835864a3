"""Many tests at once: of 60 indicators × 124 divisions, one in twenty would be found worsening by chance alone."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from metrics.statistics.arrays import Flags, Floats


class Discoveries(NamedTuple):
    """What :func:`false_discovery` gives, each of the shape of the p-values."""

    is_found: Flags
    """Whether the test stands; never where the p-value is missing."""
    adjusted: Floats
    """The smallest rate q at which it would stand; nan where the p-value is missing."""


def false_discovery(p_values: ArrayLike, q: float = 0.05) -> Discoveries:
    """Which tests stand when at most a share `q` of those that stand may be false, by Benjamini and Hochberg.

    Args:
        p_values: any shape (all of it is one family: divisions × indicators), each 0–1; nan where not tested.
        q: rate of false discoveries, between 0 and 1.

    Returns:
        :class:`Discoveries`. What was not tested does not count in the family.

    Raises:
        ValueError: a p-value or `q` out of range.

    Source: Benjamini & Hochberg 1995, J R Stat Soc B 57:289; computed by scipy.stats.false_discovery_control. It holds
    for independent and for positively dependent tests (Benjamini & Yekutieli 2001).
    """
    p = np.asarray(p_values, dtype=float)
    if not 0 < q < 1:
        raise ValueError(f"错误发现率 {q} 应在 0 与 1 之间")
    if np.any((p < 0) | (p > 1)):
        raise ValueError("p 值应在 0 与 1 之间")
    adjusted, tested = np.full(p.shape, np.nan), np.isfinite(p)
    if tested.any():
        adjusted[tested] = stats.false_discovery_control(p[tested], method="bh")
    return Discoveries(adjusted <= q, adjusted)
