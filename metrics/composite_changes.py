"""Why a score moved between two months: what the data did, by indicator, and what policy did. It adds up exactly.

    before = (data then, policy then) ─ data ─→ (data now, policy then) ─ policy ─→ (data now, policy now) = after

Each step goes from contributions w·r to w'·r' and is split into what the risk did, (w + w') / 2 · (r' - r), and what
the weight did, (w' - w) · ((r + r') / 2 - s). Weights sum to 1 on both sides, so any s leaves the sum as it is; the
mean of the two scores makes it say something: an indicator that gains weight worsens the score only as far as it is
worse than the score. Within the data step weights move because indicators come (filed, large enough) or go: the
coverage part. In the policy step all of it is policy: weights, goalposts, indicators in or out of the index.

The midpoints are those of Marshall's and Edgeworth's index: neither month is the base, and nothing is left over.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PARTS = ("value_part", "coverage_part", "policy_part")
KEYS = ["scope_code", "scope"]
_NOTHING = 1e-12


def split_change(before: pd.DataFrame, between: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Split the change of every unit's score.

    Args:
        before, between, after: indicators of an index as in `index_parts` (scope_code, scope, code, parent, weight,
            risk): data then and policy then; data now and policy then; data now and policy now. Weights of a unit sum
            to 1, or all are 0.

    Returns:
        scope_code, scope, level (`indicator` or `dimension`), code, parent, value_part, coverage_part, policy_part,
        change (their sum), in points of the score; indicators that moved nothing are left out. Units that lack a value
        altogether on one of the sides are left out.
    """
    parents = pd.concat([after, before]).drop_duplicates("code").set_index("code")["parent"]
    codes = list(parents.index)
    sides = [_wide(frame, codes) for frame in (before, between, after)]
    units = sides[0][0]
    for known, weight, _ in sides:
        units = units.intersection(known[weight.sum(axis=1) > 0])
    places = [known.get_indexer(units) for known, _, _ in sides]
    arrays = [(weight[place], risk[place]) for place, (_, weight, risk) in zip(places, sides, strict=True)]
    value, coverage = _step(arrays[0], arrays[1])
    policy = np.add(*_step(arrays[1], arrays[2]))
    place, column = np.nonzero(np.abs(value) + np.abs(coverage) + np.abs(policy) > _NOTHING)
    found = units.to_frame(index=False).iloc[place].reset_index(drop=True)
    found["level"], found["code"] = "indicator", np.array(codes, dtype=object)[column]
    found["parent"] = found["code"].map(parents)
    for name, part in zip(PARTS, (value, coverage, policy), strict=True):
        found[name] = part[place, column]
    return _with_dimensions(found)


def _wide(parts: pd.DataFrame, codes: list[str]) -> tuple[pd.Index, Floats, Floats]:
    """Units, and units × codes of weight (0 where there is none) and risk (nan)."""
    of_unit = parts.groupby(KEYS, sort=True)
    row, units = of_unit.ngroup().to_numpy(), of_unit.size().index
    column = pd.Index(codes).get_indexer(pd.Index(parts["code"]))
    weight, risk = np.zeros((len(units), len(codes))), np.full((len(units), len(codes)), np.nan)
    weight[row, column] = parts["weight"].fillna(0.0)
    risk[row, column] = parts["risk"]
    return units, weight, risk


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
