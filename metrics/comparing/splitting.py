"""The change of every index score and tier between two snapshots, split into data, policy and method."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data_contracts.divisions import GROUP_TITLES
from metrics.comparing.differences import compare_cells, compare_filings, compare_parameters
from metrics.comparing.recomputing import CompareError, Held, months_of, read_held
from metrics.composite_framework import arrange_values
from metrics.composite_points import score_points, tiers_of

UNIT = ["scope_code", "scope"]
PARTS = ("data", "policy", "method")
_NOTHING = 1e-9  # points; what is smaller comes of the order in which floating-point numbers were added


@dataclass(frozen=True)
class Comparison:
    """What changed from the snapshot `before` to the snapshot `after` at one month.

    Attributes:
        scores: one row per reading in either: `score_before`, `score_after`, `change`, its parts `data`, `policy`,
            `method` (points, adding up to `change`; null where either has no score), `tier_before`, `tier_after`, and
            `tier_by`, the parts that moved the tier, in words of `PARTS` joined by 、.
        contributions: what the data of each indicator did to each score (`change`, points, adding up to `data`).
        cells: see :func:`metrics.comparing.differences.compare_cells`.
        filings: see :func:`metrics.comparing.differences.compare_filings`.
        parameters: see :func:`metrics.comparing.differences.compare_parameters`.
    """

    before: str
    after: str
    period: str
    scores: pd.DataFrame
    contributions: pd.DataFrame
    cells: pd.DataFrame
    filings: pd.DataFrame
    parameters: pd.DataFrame
    names: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form; frames as lists of records, nulls as None."""
        frames = {name: _records(frame) for name, frame in vars(self).items() if isinstance(frame, pd.DataFrame)}
        return {"before": self.before, "after": self.after, "period": self.period, **frames}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def compare_snapshots(before: Path, after: Path, period: str | None = None) -> Comparison:
    """Compare two snapshot files.

    Args:
        period: the month to compare; by default the newest that both have figures for.

    Raises:
        CompareError: they have no month in common, or not this one.
        SnapshotUnreadable: see :func:`metrics.snapshot.open_snapshot`.
    """
    shared = sorted({*months_of(before)} & {*months_of(after)})
    if not shared:
        raise CompareError("两版快照没有共同的月份，无法比较")
    period = period or shared[-1]
    if period not in shared:
        raise CompareError(f"两版快照没有都算到 {period}；共同的月份为 {shared[0]} 至 {shared[-1]}")
    left, right = read_held(before, period), read_held(after, period)
    filings = compare_filings(before, after, period)
    scores, contributions = split_scores(left, right)
    cells = compare_cells(left, right, filings, before, after)
    return Comparison(left.snapshot_id, right.snapshot_id, period, scores, contributions, cells, filings,
                      compare_parameters(left, right), {**right.names, **left.names, **GROUP_TITLES})


def split_scores(left: Held, right: Held) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`scores` and `contributions` of a comparison."""
    old, mixed, new = (_rescore(data, policy) for data, policy in ((left, left), (left, right), (right, right)))
    held = left.scores.merge(right.scores, how="outer", on=UNIT, suffixes=("_before", "_after"))
    units = pd.MultiIndex.from_frame(held[UNIT])
    steps = {name: frame.reindex(units) for name, frame in (("old", old[0]), ("mixed", mixed[0]), ("new", new[0]))}
    score = {name: frame["score"].to_numpy(dtype=float) for name, frame in steps.items()}
    before, after = (held[f"score_{side}"].to_numpy(dtype=float) for side in ("before", "after"))
    found = held.assign(
        change=after - before,
        data=score["new"] - score["mixed"],
        policy=score["mixed"] - score["old"],
        method=(after - score["new"]) - (before - score["old"]),
    )
    known = found[["change", *PARTS]].notna().all(axis=1)
    for column in ("change", *PARTS):
        found[column] = found[column].where(known).mask(found[column].abs() < _NOTHING, 0.0)
    found["tier_by"] = _tier_words(found, {name: frame["tier"].to_numpy() for name, frame in steps.items()})
    return found, _contributions(mixed[1], new[1], units)


def _rescore(data: Held, policy: Held) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score and tier by unit, and contributions by unit and indicator, of one snapshot's data with one's policy."""
    framework = policy.framework
    values = arrange_values(data.recomputed, framework)
    points = score_points(values, framework, policy.tiers)
    scores = pd.DataFrame({"score": points.score, "tier": tiers_of(points.score, policy.tiers)}, index=values.units)
    return scores, points.contribution


def _tier_words(found: pd.DataFrame, tiers: dict[str, np.ndarray]) -> list[str]:
    """Which parts moved the tier: several may, and may undo each other."""
    before, after = found["tier_before"].to_numpy(), found["tier_after"].to_numpy()
    moved = {
        "data": tiers["new"] != tiers["mixed"],
        "policy": tiers["mixed"] != tiers["old"],
        "method": (before != tiers["old"]) | (after != tiers["new"]),
    }
    is_moved = (before != after) & found[["tier_before", "tier_after"]].notna().all(axis=1).to_numpy()
    return ["、".join(part for part in PARTS if moved[part][at]) if is_moved[at] else "" for at in range(len(found))]


def _contributions(mixed: pd.DataFrame, new: pd.DataFrame, units: pd.MultiIndex) -> pd.DataFrame:
    """Long frame: scope_code, scope, indicator, before, after, change; only where something changed."""
    before, after = mixed.reindex(units), new.reindex(units)
    frame = pd.DataFrame({"before": before.stack(), "after": after.stack()})
    frame.index.names = [*UNIT, "indicator"]
    frame["change"] = frame["after"] - frame["before"]
    return frame[frame["change"].abs() >= _NOTHING].reset_index()
