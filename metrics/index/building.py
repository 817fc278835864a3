"""Build an index on any frame: data and a framework in; scores, ranks, weights, every step's frame and a log out.

    denominate → screen → impute → treat → normalise → weigh → aggregate

Nothing here knows what the units or the indicators are. A better value never worsens its unit's score, with two
exceptions that lie in the methods: the rule of skew and kurtosis may switch on or off, and weights from data move.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008); where COINr (Becker et al. 2022) has a
definition, it is that one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from metrics.index import arrays
from metrics.index.aggregating import aggregate
from metrics.index.framework import IndexFramework, load_framework
from metrics.index.log import StepLog
from metrics.index.preparing import check_columns, denominate, impute, read_data, screen
from metrics.index.scaling import normalise, scaling_of, treat
from metrics.index.steps import IndexSteps


@dataclass(frozen=True)
class Index:
    """A built index.

    Attributes:
        scores: units × aggregates (the root last); all units of the data, nan where a line of the log says why.
        ranks: the same, 1 for the highest score, equal scores share the better rank; of data by (unit, period)
            within each period.
        frames: step → what it left: `data`, `denominate`, `screen`, `impute`, `treat`, `normalise` (units ×
            indicators), `weight` (code, parent, level, method, weight), `aggregate` (units × all codes).
        log: step, code, unit, before, after, why; what each step did to which cell.
        framework, steps: what it was built by.
    """

    scores: pd.DataFrame
    ranks: pd.DataFrame
    frames: Mapping[str, pd.DataFrame] = field(repr=False)
    log: pd.DataFrame = field(repr=False)
    framework: IndexFramework = field(repr=False)
    steps: IndexSteps = field(repr=False)

    @property
    def root(self) -> str:
        """Code of the index itself."""
        return self.framework.root

    @property
    def score(self) -> pd.Series:
        """Scores of the root."""
        return self.scores[self.root]

    @property
    def rank(self) -> pd.Series:
        """Ranks of the root."""
        return self.ranks[self.root]

    @property
    def weights(self) -> pd.Series:
        """Weight of each code among its siblings; they sum to 1 within each parent."""
        return self.frames["weight"].set_index("code")["weight"]

    @property
    def effective_weights(self) -> pd.Series:
        """Weight of each indicator in the root, all levels multiplied; they sum to 1 over the indicators."""
        return effective_weights(self.frames["weight"], self.framework)


def effective_weights(weights: pd.DataFrame, framework: IndexFramework) -> pd.Series:
    """Indicators' weights in the root, from weights within each parent (code, weight)."""
    within = weights.set_index("code")["weight"]
    total = {framework.root: 1.0}
    for parent in reversed(framework.aggregates):
        for child in framework.children[parent]:
            total[child] = total[parent] * within[child]
    return pd.Series({code: total[code] for code in framework.indicators}, name="effective_weight", dtype=float)


def unit_weights(present: pd.DataFrame, framework: IndexFramework, weights: pd.Series | None = None) -> pd.DataFrame:
    """Weight of every code in each unit's root, over what the unit has.

    What is missing hands its weight to its siblings, an aggregate without anything to its own. With arithmetic means
    throughout, a unit's normalised values times these add up to its score, on every level.

    Args:
        present: units × indicators, whether there is a value.
        framework: what belongs to what.
        weights: among siblings, by code (`Index.weights`); by default those of the framework.

    Returns:
        Units × codes: indicators, then aggregates with the root last; 0 where a unit has nothing.
    """
    given = (framework.table["weight"] if weights is None else weights).to_dict()
    columns = present[list(framework.indicators)].to_numpy(float).T
    there = dict(zip(framework.indicators, columns, strict=True))
    for parent in framework.aggregates:
        children = framework.children[parent]
        there[parent] = np.max([there[child] * (given[child] > 0) for child in children], axis=0)
    found = {framework.root: there[framework.root]}
    for parent in reversed(framework.aggregates):
        children = framework.children[parent]
        own = np.array([there[child] * given[child] for child in children])
        total = own.sum(axis=0)
        shares = np.divide(own, total, out=np.zeros_like(own), where=total > 0)
        found |= {child: found[parent] * share for child, share in zip(children, shares, strict=True)}
    return pd.DataFrame(found, index=present.index)[[*framework.indicators, *framework.aggregates]]


def build_index(data: Any, framework: Any, steps: IndexSteps | None = None) -> Index:
    """Build an index.

    Args:
        data: units × indicator codes, with the denominators beside them; DataFrame (units as index or in a column
            `unit`; (unit, period) for panels), dict of columns or list of rows. Other columns are not looked at.
        framework: see :mod:`metrics.index.framework`; a table or a loaded one.
        steps: see :class:`metrics.index.steps.IndexSteps`.

    Raises:
        FrameworkError, IndexDataError, StepsError: all :class:`metrics.index.errors.IndexBuildError`, a ValueError;
            the message names the code and the unit.
    """
    steps = steps or IndexSteps()
    loaded = load_framework(framework)
    log = StepLog()
    frames = prepare(data, loaded, steps, log)
    frames["treat"] = treat(frames["impute"], loaded, steps, log)
    frames["normalise"] = normalise(frames["treat"], scaling_of(loaded, steps), steps, log)
    frames["aggregate"], frames["weight"] = aggregate(frames["normalise"], loaded, steps, log)
    scores = frames["aggregate"][list(loaded.aggregates)].reindex(frames["data"].index)
    return Index(scores, rank_scores(scores), frames, log.frame(), loaded, steps)


def prepare(data: Any, framework: IndexFramework, steps: IndexSteps, log: StepLog) -> dict[str, pd.DataFrame]:
    """The frames up to `impute`."""
    frame, whole = read_data(data, framework)
    frames = {"data": frame}
    frames["denominate"] = denominate(frame, whole, framework, log) if steps.denominate else frame
    frames["screen"] = screen(frames["denominate"], steps.screen, log)
    check_columns(frames["screen"])
    frames["impute"] = impute(frames["screen"], whole, steps, log)
    return frames


def rank_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """1 for the highest of each column, equal scores share the better rank; Int64, missing without a score.

    Scores that differ by rounding alone (1e-12 of their size) are equal.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        values = scores.to_numpy(float)
        size = np.fmax.reduce(np.abs(values), axis=0, keepdims=True, initial=0)
        rounded = pd.DataFrame(np.round(values / np.where(size > 0, size, 1), 12), index=scores.index)
    if scores.index.nlevels == 2:
        found = rounded.groupby(level=1).rank(ascending=False, method="min").to_numpy()
    else:
        found = arrays.ranks(-rounded.to_numpy().T).T
    return pd.DataFrame(found, index=scores.index, columns=scores.columns).astype("Int64")
