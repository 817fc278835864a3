"""Estimates for small divisions: a rate is drawn to the region's, or its neighbourhood's, as far as it is noise."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from metrics.statistics.arrays import Floats, broadcast_floats, divide


class Shrunk(NamedTuple):
    """What :func:`shrink_rates` gives, each of shape (…, divisions); nan where the division's own rate is unknown."""

    estimate: Floats
    """The shrunken rate, between the own rate and `prior`."""
    weight: Floats
    """How much of it is the division's own, 0–1."""
    prior: Floats
    """What it is drawn towards: the rate of all known divisions, or of the neighbourhood."""


def shrink_rates(
    events: ArrayLike,
    population: ArrayLike,
    *,
    kind: Literal["rate", "share"] = "rate",
    neighbours: ArrayLike | None = None,
) -> Shrunk:
    """Empirical Bayes estimates of the rates of divisions, by the method of moments.

    Args:
        events, population: numerator and denominator, shape (…, divisions); nan where unknown.
        kind: whose chance variance is taken out: a ``rate``'s is rate / population (Poisson), a ``share``'s is
            share · (1 − share) / population (binomial).
        neighbours: shape (divisions, divisions), true where the column's division belongs to the neighbourhood of the
            row's; each division belongs to its own. Without it there is one neighbourhood, the region.

    Returns:
        :class:`Shrunk`. A division that has not filed, or with nothing to divide by, gets no estimate: silence is not
        filled with the average. A rate all of whose spread is chance has weight 0.

    Raises:
        ValueError: negative counts, a share above 1, or `neighbours` of another shape.

    Source: Marshall 1991, Appl Stat 40:283 (global and local estimator).
    """
    count, base = broadcast_floats(events, population)
    _check_counts(count, base, kind)
    known = np.isfinite(count) & np.isfinite(base) & (base > 0)
    count, base = np.where(known, count, 0.0), np.where(known, base, 0.0)
    rate = divide(count, base)
    inner = _membership(neighbours, base.shape[-1])

    def over_neighbourhood(values: Floats) -> Floats:
        return values @ inner.T if inner is not None else values.sum(axis=-1, keepdims=True)

    total = over_neighbourhood(base)
    prior = divide(over_neighbourhood(count), total)
    # sum of base · (rate − prior)², multiplied out, since the prior differs between neighbourhoods
    scatter = over_neighbourhood(np.where(known, count * np.nan_to_num(rate), 0.0)) - total * prior**2
    chance = prior * (1 - prior) if kind == "share" else prior
    spread = np.maximum(0, divide(scatter, total) - divide(chance * over_neighbourhood(known.astype(float)), total))
    # scatter that is all rounding is none
    spread = np.where(spread > 1e-12 * prior**2, spread, 0.0)
    own = divide(spread, spread + divide(chance, base))
    weight = np.where(known, np.nan_to_num(own, nan=0.0), np.nan)
    prior = np.where(known, prior, np.nan)
    return Shrunk(prior + weight * (rate - prior), weight, prior)


def _membership(neighbours: ArrayLike | None, size: int) -> Floats | None:
    if neighbours is None:
        return None
    inner = np.asarray(neighbours, dtype=bool)
    if inner.shape != (size, size):
        raise ValueError(f"相邻关系应为 {size} × {size}，实为 {inner.shape}")
    return (inner | np.eye(size, dtype=bool)).astype(float)


def _check_counts(count: Floats, base: Floats, kind: str) -> None:
    if kind not in ("rate", "share"):
        raise ValueError(f"未知的类型 {kind!r}：应为 rate 或 share")
    if np.any(count < 0) or np.any(base < 0):
        raise ValueError("事件数不能为负")
    if kind == "share" and np.any(count > base):
        raise ValueError("分子应在 0 与分母之间")
