"""What-if: the month's own readings under other weights and cut-offs, by the engine of the index; policy stays.

A scenario is told as text for a URL: `weights=inspection:30,events:10;cuts=red:65;tighten=10`. What it does not name is
as in policy. Scores are those of the filed values; how sure they are is not drawn anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from metrics.composite_framework import Framework, UnitValues, arrange_values, make_framework
from metrics.composite_points import score_points, tiers_of
from metrics.policies import IndexTiers
from metrics.read_scope import Scope, run_query
from metrics.warning_definitions import TIERS

MOST_WEIGHT = 40.0
MOST_TIGHTER = 30.0  # percent


class ScenarioError(ValueError):
    """A scenario that cannot be read or judged; the text says why, in Chinese."""


@dataclass(frozen=True)
class Scenario:
    """Weights of dimensions and cut-offs of tiers that differ from policy, and by how many percent all thresholds of
    indicators are tightened (negative: loosened)."""

    weights: Mapping[str, float] = field(default_factory=dict)
    cuts: Mapping[str, float] = field(default_factory=dict)
    tighten: float = 0.0

    def to_text(self) -> str:
        """The text that :func:`read_scenario` reads; empty where nothing differs from policy."""
        parts = [
            f"{name}={','.join(f'{code}:{number:g}' for code, number in given.items())}"
            for name, given in (("weights", self.weights), ("cuts", self.cuts))
            if given
        ]
        return ";".join([*parts, f"tighten={self.tighten:g}"] if self.tighten else parts)


@dataclass(frozen=True)
class Baseline:
    """A month as policy judges it: the units' values, the framework's rows, tiers and thresholds in force.

    `indicators`: (indicator, dimension, weight, best, worst); `thresholds`: by indicator its `least_cases` and limits.
    """

    values: UnitValues
    cells: pd.DataFrame
    indicators: tuple[tuple[str, str, float, float, float], ...]
    dimensions: Mapping[str, float]
    tiers: IndexTiers
    thresholds: Mapping[str, Mapping[str, float]]


def read_scenario(text: str | None) -> Scenario:
    """A scenario from its text.

    Raises:
        ScenarioError: a part, a name or a number that is not one, or out of range.
    """
    scenario = Scenario()
    for place, part in enumerate((text or "").split(";"), start=1):
        name, _, given = part.partition("=")
        if not part:
            continue
        if name == "tighten":
            scenario = replace(scenario, tighten=_number(given, -MOST_TIGHTER, MOST_TIGHTER))
        elif name in ("weights", "cuts"):
            most = MOST_WEIGHT if name == "weights" else 100.0
            pairs = [entry.partition(":") for entry in given.split(",") if entry]
            change: Any = {name: {code: _number(number, 0.0, most) for code, _, number in pairs}}
            scenario = replace(scenario, **change)
        else:
            raise ScenarioError(f"情景里的第 {place} 段不认识")
    return scenario


def make_baseline(
    cells: pd.DataFrame,
    indicators: pd.DataFrame,
    policy: Mapping[str, Mapping[str, Any]],
) -> Baseline:
    """A month's baseline.

    Args:
        cells: see `read/scenario_cells.sql`.
        indicators: `indicator`, `dimension`, in the order of the catalogue.
        policy: bodies in force: `weights`, `goalposts`, `index_tiers`, `cut_offs`.
    """
    weights, posts, tiers = policy["weights"], policy["goalposts"], policy["index_tiers"]
    rows = tuple(
        (code, dimension, float(weights["indicators"][code]), float(posts[code]["best"]), float(posts[code]["worst"]))
        for code, dimension in zip(indicators["indicator"], indicators["dimension"], strict=True)
        if code in weights["indicators"] and code in posts
    )
    dimensions = {name: float(weights["dimensions"][name]) for name in dict.fromkeys(row[1] for row in rows)}
    limits = IndexTiers(
        {tier: float(tiers["cut_offs"][tier]) for tier in TIERS},
        float(tiers["least_data_share"]),
        float(tiers["least_weight_share"]),
    )
    values = arrange_values(cells, make_framework(list(rows), dimensions, 0.0))
    return Baseline(values, cells, rows, dimensions, limits, policy["cut_offs"])


def read_scenario_cells(connection: duckdb.DuckDBPyConnection, scope: Scope, *, period: str) -> pd.DataFrame:
    """Own readings of a month that the reader may see, as :func:`make_baseline` takes them."""
    return run_query(connection, "scenario_cells", scope, period=period)


def judge_units(baseline: Baseline, scenario: Scenario) -> pd.DataFrame:
    """`scope_code`, `score`, `rank` (1: worst; among those with a score) and `tier` under a scenario.

    Raises:
        ScenarioError: every weight is 0, or the cut-offs do not fall from red to blue.
    """
    weights = {name: float(scenario.weights.get(name, weight)) for name, weight in baseline.dimensions.items()}
    cuts = {tier: float(scenario.cuts.get(tier, cut)) for tier, cut in baseline.tiers.cut_offs.items()}
    if not any(weights.values()):
        raise ScenarioError("各维度的权重不能都为 0")
    ordered = [cuts[tier] for tier in TIERS]
    if any(worse <= better for worse, better in pairwise(ordered)):
        raise ScenarioError("分级界限应由红到蓝依次降低")
    tiers = replace(baseline.tiers, cut_offs=cuts)
    kept = [row for row in baseline.indicators if weights[row[1]] > 0]
    framework = make_framework(kept, {name: weight for name, weight in weights.items() if weight > 0}, 0.0)
    points = score_points(_values_of(baseline.values, framework), framework, tiers)
    codes = baseline.values.units.get_level_values("scope_code")
    scores = pd.Series(points.score).round(9)
    return pd.DataFrame(
        {
            "scope_code": codes,
            "score": scores,
            "rank": scores.rank(ascending=False, method="min"),
            "tier": tiers_of(np.asarray(scores, dtype=np.float64), tiers),
        }
    )


def count_threshold_warnings(baseline: Baseline, scenario: Scenario) -> dict[str, int]:
    """How many thresholds of indicators are crossed, by tier, each reporter and indicator at its worst."""
    counts: dict[str, int] = dict.fromkeys(list[str](TIERS), 0)
    cells = baseline.cells[baseline.cells["outcome"] == "value"]
    for indicator, rows in cells.groupby("indicator"):
        limits = baseline.thresholds.get(str(indicator))
        if limits is None:
            continue
        is_higher = rows["direction"].iloc[0] == "higher_is_better"
        against = rows["denominator"] - rows["numerator"] if is_higher else rows["numerator"]
        value = rows["value"].to_numpy(dtype=float)[(against >= limits["least_cases"]).to_numpy()]
        taken = np.zeros(len(value), dtype=bool)
        for tier in TIERS:
            if tier not in limits:
                continue
            limit = _tightened(float(limits[tier]), scenario.tighten, is_higher)
            crossed = ((value < limit) if is_higher else (value > limit)) & ~taken
            counts[tier] += int(crossed.sum())
            taken |= crossed
    return counts


def _tightened(limit: float, percent: float, is_higher: bool) -> float:
    return limit * (1 + percent / 100 if is_higher else 1 - percent / 100)


def _values_of(values: UnitValues, framework: Framework) -> UnitValues:
    codes = list(framework.indicators)
    frames = (values.value, values.lower, values.upper, values.coverage, values.is_judged)
    return UnitValues(*(frame[codes] for frame in frames))


def _number(text: str, least: float, most: float) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ScenarioError(f"情景里的“{text}”不是数") from None
    if not least <= number <= most:
        raise ScenarioError(f"情景里的 {text} 应在 {least:g} 与 {most:g} 之间")
    return number
