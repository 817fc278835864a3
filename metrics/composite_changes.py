"""Why a score moved between two months: what the data did, by indicator, and what policy did. It adds up exactly.

    before = (data then, policy then) ─ data ─→ (data now, policy then) ─ policy ─→ (data now, policy now) = after

Each step goes from contributions w·r to w'·r' and is split into what the risk did, (w + w') / 2 · (r' - r), and what
the weight did, (w' - w) · ((r + r') / 2 - s). Weights sum to 1 on both sides, so any s leaves the sum as it is; the
mean of the two scores makes it say something: an indicator that gains weight worsens the score only as far as it is
worse than the score. Within the data step weights move because indicators come (filed, large enough) or go: the
coverage part. In the policy step all of it is policy: weights, goalposts, indicators in or out of the index.

The midpoints are those of Marshall's and Edgeworth's index: neither month is the base, and nothing is left over.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PARTS = ("value_part", "coverage_part", "policy_part")
KEYS = ["scope_code", "scope"]
_NOTHING = 1e-12


@dataclass(frozen=True)
class Side:
    """Indicators of an index, units × codes: `weight` (of a unit they sum to 1, or all are 0) and `risk` (nan if none).

    `units`: (scope_code, scope), without repetition; `parents`: code → dimension, in the order of the columns.
    """

    units: pd.MultiIndex
    parents: Mapping[str, str]
    weight: Floats
    risk: Floats


def split_change(before: Side, between: Side, after: Side) -> pd.DataFrame:
    """Split the change of every unit's score.

    Args:
        before, between, after: data then and policy then; data now and policy then; data now and policy now.

    Returns:
        scope_code, scope, level (`indicator` or `dimension`), code, parent, value_part, coverage_part, policy_part,
        change (their sum), in points of the score; indicators that moved nothing are left out. Units that lack a value
        altogether on one of the sides are left out.
    """
    parents = {**before.parents, **after.parents}
    codes = [*after.parents, *(code for code in before.parents if code not in after.parents)]
    units = before.units
    for side in (before, between, after):
        units = units.intersection(side.units[side.weight.sum(axis=1) > 0], sort=None)
    arrays = [_placed(side, units, codes) for side in (before, between, after)]
    value, coverage = _step(arrays[0], arrays[1])
    policy = np.add(*_step(arrays[1], arrays[2]))
    place, column = np.nonzero(np.abs(value) + np.abs(coverage) + np.abs(policy) > _NOTHING)
    found = units.to_frame(index=False).iloc[place].reset_index(drop=True)
    found["level"], found["code"] = "indicator", np.array(codes, dtype=object)[column]
    found["parent"] = np.array([parents[code] for code in codes], dtype=object)[column]
    for name, part in zip(PARTS, (value, coverage, policy), strict=True):
        found[name] = part[place, column]
    return _with_dimensions(found)


def _placed(side: Side, units: pd.Index, codes: list[str]) -> tuple[Floats, Floats]:
    """Units × codes of weight (0 where there is none) and risk (nan)."""
    rows, columns = side.units.get_indexer(units), pd.Index(codes).get_indexer(pd.Index(list(side.parents)))
    weight, risk = np.zeros((len(units), len(codes))), np.full((len(units), len(codes)), np.nan)
    weight[:, columns], risk[:, columns] = side.weight[rows], side.risk[rows]
    return weight, risk


def _step(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """What risks did and what weights did, units × codes; a risk that one side lacks counts as that of the other."""
    (weight, risk), (weight_after, risk_after) = one, other
    was = np.nan_to_num(np.where(np.isnan(risk), risk_after, risk))
    became = np.nan_to_num(np.where(np.isnan(risk_after), risk, risk_after))
    by_risk = (weight + weight_after) / 2 * (became - was)
    middle = ((weight * was).sum(axis=1) + (weight_after * became).sum(axis=1)) / 2
    by_weight = (weight_after - weight) * ((was + became) / 2 - middle[:, None])
    return by_risk, by_weight


def _with_dimensions(found: pd.DataFrame) -> pd.DataFrame:
    above = found.groupby([*KEYS, "parent"], as_index=False, sort=True)[list(PARTS)].sum()
    above = above.rename(columns={"parent": "code"}).assign(level="dimension", parent="index")
    both = pd.concat([above, found], ignore_index=True)
    both["change"] = both[list(PARTS)].sum(axis=1)
    return both[[*KEYS, "level", "code", "parent", *PARTS, "change"]]
