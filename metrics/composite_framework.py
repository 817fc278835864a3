"""What an index is made of, as arrays: indicators, dimensions, weights, goalposts, and the values of its units."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.catalogue import Indicator
from metrics.policies import PolicyOfDay

Floats = NDArray[np.float64]

# Outcomes that take an indicator out of the index of a unit: there was nothing to judge, or too little to judge by.
# `not_filed` is not among them: what should have been told and was not is missing, and is counted as missing.
NOT_JUDGED = ("not_applicable", "too_small")

_OPTIONAL = {"coverage": 1.0, "lower": np.nan, "upper": np.nan}


@dataclass(frozen=True)
class Framework:
    """K indicators in D dimensions; weights sum to 1 over dimensions, and over the indicators of each dimension."""

    indicators: tuple[str, ...]
    dimensions: tuple[str, ...]
    dimension_of: NDArray[np.intp]
    dimension_weights: Floats
    indicator_weights: Floats
    best: Floats
    worst: Floats
    is_share: NDArray[np.bool_]
    is_duration: NDArray[np.bool_]
    per: Floats
    concentration: float


@dataclass(frozen=True)
class UnitValues:
    """What is known of U units: arrays U × K in the order of `units` (index: scope_code, scope) and the indicators.

    `lower` and `upper` are the 95 % limits of the value, as far as they were given.
    `coverage` is the share (0–1) of an indicator's expected filings that came; 0 where there is no value.
    """

    units: pd.MultiIndex
    numerator: Floats
    denominator: Floats
    value: Floats
    lower: Floats
    upper: Floats
    coverage: Floats
    has_value: NDArray[np.bool_]
    is_judged: NDArray[np.bool_]

    def take(self, places: NDArray[np.intp]) -> "UnitValues":
        """The units at these places, in their order."""
        return UnitValues(
            self.units[places], self.numerator[places], self.denominator[places], self.value[places],
            self.lower[places], self.upper[places], self.coverage[places], self.has_value[places],
            self.is_judged[places],
        )


def build_framework(policy: PolicyOfDay, indicators: Mapping[str, Indicator]) -> Framework:
    """The framework of a day: every indicator that has a weight, in the order of the catalogue.

    Args:
        policy: in force on the day.
        indicators: the catalogue's, by id.
    """
    chosen = [indicator for name, indicator in indicators.items() if name in policy.weights.indicators]
    dimensions = tuple(dict.fromkeys(indicator.dimension for indicator in chosen))
    dimension_of = np.array([dimensions.index(indicator.dimension) for indicator in chosen], dtype=np.intp)
    weights = np.array([policy.weights.indicators[indicator.indicator] for indicator in chosen], dtype=float)
    posts = [policy.goalposts[indicator.indicator] for indicator in chosen]
    dimension_weights = np.array([policy.weights.dimensions[dimension] for dimension in dimensions], dtype=float)
    return Framework(
        indicators=tuple(indicator.indicator for indicator in chosen),
        dimensions=dimensions,
        dimension_of=dimension_of,
        dimension_weights=dimension_weights / dimension_weights.sum(),
        indicator_weights=weights / np.bincount(dimension_of, weights)[dimension_of],
        best=np.array([post.best for post in posts], dtype=float),
        worst=np.array([post.worst for post in posts], dtype=float),
        is_share=np.array([indicator.kind == "share" for indicator in chosen]),
        is_duration=np.array([indicator.kind == "duration" for indicator in chosen]),
        per=np.array([indicator.per for indicator in chosen], dtype=float),
        concentration=policy.weights.concentration,
    )


def arrange_values(cells: pd.DataFrame, framework: Framework) -> UnitValues:
    """Cells of one month as arrays, units in the order of their codes whatever the order of the rows.

    Args:
        cells: one row per unit and indicator: scope_code, scope, indicator, numerator, denominator, value, outcome and
            optionally coverage (0–1; by default 1), lower and upper (which durations need for their draws). A unit's
            indicator without a row counts as not filed.
    """
    absent = {name: default for name, default in _OPTIONAL.items() if name not in cells}
    cells = cells.assign(**absent)
    keys = pd.MultiIndex.from_frame(cells[["scope_code", "scope"]])
    units = keys.unique().sort_values()
    rows = units.get_indexer(keys)
    columns = pd.Index(framework.indicators).get_indexer(pd.Index(cells["indicator"]))
    used = columns >= 0
    shape = (len(units), len(framework.indicators))

    def placed(column: str) -> Floats:
        array = np.full(shape, np.nan)
        array[rows[used], columns[used]] = cells[column].to_numpy(dtype=float, na_value=np.nan)[used]
        return array

    outcome = np.full(shape, "not_filed", dtype=object)
    outcome[rows[used], columns[used]] = cells["outcome"].to_numpy(dtype=object)[used]
    has_value = outcome == "value"
    return UnitValues(
        units=units,
        numerator=placed("numerator"),
        denominator=placed("denominator"),
        value=np.where(has_value, placed("value"), np.nan),
        lower=placed("lower"),
        upper=placed("upper"),
        coverage=np.where(has_value, placed("coverage"), 0.0),
        has_value=has_value,
        is_judged=~np.isin(outcome, NOT_JUDGED),
    )
