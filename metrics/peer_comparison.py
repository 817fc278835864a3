"""Where a cell stands among its peers: funnel, false discovery and shrinkage for all cells of a month at once.

A share is compared on the arcsine scale, a rate by its events against those expected at the peers' rate; limits are
widened by what the peers differ beyond chance. A duration is no count, so it has no funnel.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from metrics.statistics import (
    adjusted_limits,
    adjusted_z,
    false_discovery,
    funnel_position,
    overdispersion,
    shrink_rates,
)
from metrics.statistics_policy import StatisticsPolicy

Floats = NDArray[np.float64]
Kind = Literal["share", "rate"]
Transform = Literal["arcsine", "sqrt"]
LIMITS = ("lower_95", "upper_95", "lower_998", "upper_998")


class PeerCounts(NamedTuple):
    """Counts of indicators of one kind among one set of peers, all of shape (indicators, months, peers)."""

    numerator: Floats
    """nan where the cell has no value; so is `denominator`."""
    denominator: Floats
    per: Floats
    """What a rate is counted per, shape (indicators,); 1 for a share."""
    kind: Kind


def compare_peers(counts: PeerCounts, policy: StatisticsPolicy) -> dict[str, Floats]:
    """Each peer against the average of all.

    Args:
        counts: of one set of peers.
        policy: confidences of the limits, winsorising, and how few peers are too few to compare.

    Returns:
        By the snapshot's column, each of the counts' shape and nan where there is nothing to compare: `expected_value`,
        `lower_95` … `upper_998` and `shrunk_value` in the unit of the value; `phi`, `tau2`, `funnel_z`, `p_value` (two-
        sided); `position` from −2 (below the outer limits) to 2.

    Source: Spiegelhalter 2005, Qual Saf Health Care 14:347; Marshall 1991, Appl Stat 40:283.
    """
    numerator, denominator = counts.numerator, counts.denominator
    is_known = np.isfinite(numerator) & np.isfinite(denominator) & (denominator > 0)
    is_enough = is_known.sum(axis=-1, keepdims=True) >= policy.least_peers
    numerator, denominator = (np.where(is_known & is_enough, one, np.nan) for one in (numerator, denominator))
    total = np.nansum(denominator, axis=-1)
    average = np.divide(np.nansum(numerator, axis=-1), total, out=np.full(total.shape, np.nan), where=total > 0)
    scale = counts.per[:, np.newaxis, np.newaxis]
    found = _funnel(numerator, denominator, average, counts.kind, policy)
    z = found["funnel_z"]
    known = np.where(np.isfinite(numerator), 1.0, np.nan)
    return {
        **{name: found[name] * scale for name in LIMITS},
        "expected_value": average[..., np.newaxis] * scale * known,
        "phi": found["phi"] * known,
        "tau2": found["tau2"] * known,
        "funnel_z": z,
        "p_value": 2 * special.ndtr(-np.abs(z)),
        "position": np.where(np.isfinite(z), funnel_position(z, policy.inner, policy.outer), np.nan),
        "shrunk_value": shrink_rates(numerator, denominator, kind=counts.kind).estimate * scale,
    }


def _funnel(numerator: Floats, denominator: Floats, average: Floats, kind: Kind,
            policy: StatisticsPolicy) -> dict[str, Floats]:
    """z and limits, as a share or in units of the value before `per`."""
    base, centre, transform = _scale_of(denominator, average, kind)
    phi, tau2 = overdispersion(numerator, base, transform=transform, winsorise=policy.winsorise, average=centre)
    return {
        "phi": phi[..., np.newaxis],
        "tau2": tau2[..., np.newaxis],
        "funnel_z": adjusted_z(numerator, base, tau2, transform=transform, average=centre),
        **limits_at(denominator, average, tau2, kind, policy),
    }


def limits_at(denominator: Floats, average: Floats, tau2: Floats, kind: Kind,
              policy: StatisticsPolicy) -> dict[str, Floats]:
    """The funnel's limits (LIMITS) at denominators of shape (…, points), for averages and `tau2` of shape (…).

    In the unit of the average: a share, or a rate before `per`.
    """
    base, centre, transform = _scale_of(denominator, average, kind)
    unit = np.ones_like(average) if kind == "share" else average
    found = {}
    for name, confidence in (("95", policy.inner), ("998", policy.outer)):
        bounds = adjusted_limits(base, tau2, confidence, transform=transform, average=centre)
        for side, bound in zip(("lower", "upper"), bounds, strict=True):
            found[f"{side}_{name}"] = bound * unit[..., np.newaxis]
    return found


def _scale_of(denominator: Floats, average: Floats, kind: Kind) -> tuple[Floats, Floats | None, Transform]:
    """What counts are compared with, the average where the scale needs one, and the scale."""
    if kind == "share":
        return denominator, average, "arcsine"
    return denominator * average[..., np.newaxis], None, "sqrt"


def adjust_for_many(p_values: Floats, peer_sets: Mapping[str, NDArray[np.int_]], q: float) -> Floats:
    """p-values adjusted for all indicators × peers of the same month: the smallest q at which each would stand.

    Args:
        p_values: shape (indicators, readings, months), nan where not tested.
        peer_sets: places of each set's readings; sets overlap in what they count, so each is a family of its own.
        q: rate of false discoveries.

    Source: Benjamini & Hochberg 1995, J R Stat Soc B 57:289.
    """
    adjusted = np.full(p_values.shape, np.nan)
    for places in peer_sets.values():
        for month in range(p_values.shape[-1]):
            adjusted[:, places, month] = false_discovery(p_values[:, places, month], q).adjusted
    return adjusted
