"""What the region's index is made of: the framework of a day for the engine, and a month's cells as its data."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.catalogue import Indicator
from metrics.index import IndexFramework, IndexSteps, load_framework
from metrics.policies import PolicyOfDay

# Outcomes that take an indicator out of the index of a unit: there was nothing to judge, or too little to judge by.
# `not_filed` is not among them: what should have been told and was not is missing, and is counted as missing.
NOT_JUDGED = ("not_applicable", "too_small")
ROOT = "index"
# Values go on a straight line from `best` (0) to `worst` (100); both means are arithmetic.
STEPS = IndexSteps(denominate=False, normalise="goalposts", aggregate="arithmetic", weight="given")

_OPTIONAL = {"coverage": 1.0, "lower": np.nan, "upper": np.nan}


@dataclass(frozen=True)
class Framework:
    """A tree of indicators, dimensions and the root `index`, and how far its weights might as well be others.

    In the tree a higher number is a higher risk: `direction` is 1 where lower values are better.
    """

    tree: IndexFramework
    weight_noise: float

    @property
    def indicators(self) -> tuple[str, ...]:
        """Codes, in the order of the catalogue."""
        return self.tree.indicators

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Codes, in the order of the catalogue."""
        return self.tree.children[ROOT]


@dataclass(frozen=True)
class UnitValues:
    """What is known of the units: frames, units (index: scope_code, scope; in the order of codes) × indicators.

    `lower` and `upper` are the 95 % limits of the value, nan where they were not given: the value is then certain.
    `coverage` is the share (0–1) of an indicator's expected filings that came; 0 where there is no value.
    """

    value: pd.DataFrame
    lower: pd.DataFrame
    upper: pd.DataFrame
    coverage: pd.DataFrame
    is_judged: pd.DataFrame

    @property
    def units(self) -> pd.MultiIndex:
        """(scope_code, scope) of each row."""
        units = self.value.index
        assert isinstance(units, pd.MultiIndex)
        return units


def build_framework(policy: PolicyOfDay, indicators: Mapping[str, Indicator]) -> Framework:
    """The framework of a day: every indicator that has a weight, in the order of the catalogue.

    Args:
        policy: in force on the day.
        indicators: the catalogue's, by id.
    """
    chosen = [indicator for name, indicator in indicators.items() if name in policy.weights.indicators]
    rows = [
        (one.indicator, one.dimension, policy.weights.indicators[one.indicator],
         policy.goalposts[one.indicator].best, policy.goalposts[one.indicator].worst)
        for one in chosen
    ]
    dimensions = {one.dimension: policy.weights.dimensions[one.dimension] for one in chosen}
    return make_framework(rows, dimensions, policy.weights.noise)


def make_framework(indicators: list[tuple[str, str, float, float, float]], dimensions: Mapping[str, float],
                   weight_noise: float) -> Framework:
    """A framework from (indicator, dimension, weight, best, worst) and the weights of the dimensions."""
    rows = [(code, above, 1 if worst > best else -1, weight, min(best, worst), max(best, worst))
            for code, above, weight, best, worst in indicators]
    rows += [(code, ROOT, 1, weight, np.nan, np.nan) for code, weight in dimensions.items()]
    rows += [(ROOT, "", 1, 1.0, np.nan, np.nan)]
    table = pd.DataFrame(rows, columns=["code", "parent", "direction", "weight", "low", "high"])
    return Framework(load_framework(table), weight_noise)


def arrange_values(cells: pd.DataFrame, framework: Framework) -> UnitValues:
    """Cells of one month as frames, units in the order of their codes whatever the order of the rows.

    Args:
        cells: one row per unit and indicator: scope_code, scope, indicator, value, outcome and optionally coverage
            (0–1; by default 1), lower and upper. A unit's indicator without a row counts as not filed.
    """
    cells = cells.assign(**{name: default for name, default in _OPTIONAL.items() if name not in cells})
    keys = pd.MultiIndex.from_frame(cells[["scope_code", "scope"]])
    units = keys.unique().sort_values()
    rows = units.get_indexer(keys)
    columns = pd.Index(framework.indicators).get_indexer(pd.Index(cells["indicator"]))
    used = columns >= 0
    shape = (len(units), len(framework.indicators))

    def placed(column: str) -> NDArray[np.float64]:
        array = np.full(shape, np.nan)
        array[rows[used], columns[used]] = cells[column].to_numpy(dtype=float, na_value=np.nan)[used]
        return array

    def framed(array: NDArray) -> pd.DataFrame:
        return pd.DataFrame(array, index=units, columns=list(framework.indicators))

    outcome = np.full(shape, "not_filed", dtype=object)
    outcome[rows[used], columns[used]] = cells["outcome"].to_numpy(dtype=object)[used]
    has_value = outcome == "value"
    value = np.where(has_value, placed("value"), np.nan)
    # rounding must not leave a value a hair outside its own limits
    lower, upper = np.fmin(placed("lower"), value), np.fmax(placed("upper"), value)
    return UnitValues(
        value=framed(value),
        lower=framed(np.where(has_value, lower, np.nan)),
        upper=framed(np.where(has_value, upper, np.nan)),
        coverage=framed(np.where(has_value, placed("coverage"), 0.0)),
        is_judged=framed(~np.isin(outcome, NOT_JUDGED)),
    )
