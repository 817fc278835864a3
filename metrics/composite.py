"""The composite risk index: every weighted duty in one number from 0 (best) to 100 (worst), and how sure it is.

    value ── goalposts ── risk 0–100 ── weights within the dimension ── risk of the dimension ── weights ── score

The arithmetic is that of :mod:`metrics.index`. Both steps are weighted arithmetic means over what is known. What does
not apply to a unit, or is too small to judge, drops out; what was not filed is missing, and with less than the policy's
share of the weight known there is no score: tier `insufficient`. The score is that of the figures as filed, so that it
can be checked by hand; `lower` and `upper` are 95 % limits of the true one (:mod:`metrics.composite_draws`).

The tier is the heaviest whose dated cut-off the score reaches and which is probable enough: the share of draws at or
above the cut-off (`p_at_least`) is at least the policy's `least_probability`. Since half of the draws lie at or above
the score, at 0.5 this is the tier of the score. It is the middle one of what may be, and not always the single most
probable one (`likeliest_tier`): of red 30 %, orange 25 % and yellow 45 % it is orange, for it is more likely than not
to be at least that bad. Rank 1 is the highest risk.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), steps 5–7.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.composite_changes import Side
from metrics.composite_draws import Draws, Singles, draw_index, rank_draws
from metrics.composite_framework import ROOT, Framework, UnitValues, arrange_values
from metrics.composite_points import data_shares
from metrics.index import unit_weights
from metrics.index.building import rank_scores
from metrics.policies import IndexTiers
from metrics.warning_definitions import TIERS

Floats = NDArray[np.float64]

DRAWS = 600
_ROUNDING = 1e-4  # of scores in single precision, in points
INTERVAL = (0.025, 0.975)


@dataclass(frozen=True)
class UnitParts:
    """What the scores of U units are made of: units × codes, indicators before dimensions; `is_scored` (U).

    `weight` is as effective for the unit (0 where nothing is known), `risk` nan where nothing is known.
    """

    units: pd.MultiIndex
    framework: Framework
    weight: Floats
    risk: Floats
    is_scored: NDArray[np.bool_]

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the columns."""
        return (*self.framework.indicators, *self.framework.dimensions)

    def indicators(self) -> Side:
        """The indicators alone, as one side of a change."""
        codes = self.framework.indicators
        parents = {code: self.framework.tree.text(code, "parent") for code in codes}
        return Side(self.units, parents, self.weight[:, : len(codes)], self.risk[:, : len(codes)])

    def frame(self) -> pd.DataFrame:
        """Rows of the snapshot's `index_parts` without `period`; texts as categories, for they are a few, repeated.

        A unit without a score has weights and risks but no contributions; those of the others add up to the score.
        """
        levels = ["indicator"] * len(self.framework.indicators) + ["dimension"] * len(self.framework.dimensions)
        parents = [self.framework.tree.text(code, "parent") for code in self.codes]
        points = np.where(self.is_scored[:, None], np.nan_to_num(self.risk) * self.weight, np.nan)
        of_unit = {name: np.repeat(_categories(self.units.get_level_values(name)), len(levels))
                   for name in ("scope_code", "scope")}
        of_code = {name: _categories(texts).take(np.tile(np.arange(len(levels)), len(self.units)))
                   for name, texts in (("level", levels), ("code", self.codes), ("parent", parents))}
        numbers = {"weight": self.weight.ravel(), "risk": self.risk.ravel(), "contribution": points.ravel()}
        return pd.DataFrame({**of_unit, **of_code, **numbers})


def _categories(texts: Iterable[str]) -> "pd.Categorical[str]":
    return pd.Categorical(list(texts))


@dataclass(frozen=True)
class IndexFrame:
    """Scores, as the snapshot's `index_scores` without `period`, and what they are made of."""

    scores: pd.DataFrame
    parts: UnitParts


def score_units(cells: pd.DataFrame, framework: Framework, tiers: IndexTiers, *,
                peers: Mapping[tuple[str, str], str] | None = None, seed: int = 0, draws: int = DRAWS) -> IndexFrame:
    """Scores, ranks and parts of all units of one month.

    Args:
        cells: see :func:`metrics.composite_framework.arrange_values`; the order of rows does not matter.
        framework: indicators with weights and goalposts.
        tiers: cut-offs on the score, and how much must be known.
        peers: (scope_code, scope) → name of the set it is ranked in; a unit that is not named gets no rank.
        seed, draws: of the Monte Carlo.

    Returns:
        Units in the order of their codes; parts: indicators and dimensions of each, `weight` as effective for this unit
        (0 where nothing is known), contributions adding up to the score.
    """
    values = arrange_values(cells, framework)
    data_share, weight_share = data_shares(values, framework)
    is_scored = (data_share >= tiers.least_data_share) & (weight_share >= tiers.least_weight_share)
    has_value = values.value.notna()
    drawn = draw_index(values, framework, seed=seed, draws=draws) if has_value.any(axis=None) else None
    aggregate = _aggregate(values, framework, drawn)
    score = np.where(is_scored, aggregate[ROOT].to_numpy(), np.nan)
    frame = pd.DataFrame({"score": score}, index=values.units)
    frame["lower"], frame["upper"] = _interval(drawn, score)
    frame["lift"] = np.where(np.isnan(score), np.nan, drawn.lift if drawn else np.nan)
    frame = frame.join(_ranks(values.units, score, drawn, peers or {})).join(_tiers(values.units, score, drawn, tiers))
    frame["data_share"] = data_share
    weight = unit_weights(has_value, framework.tree)
    return IndexFrame(frame.reset_index(), parts_of(framework, aggregate, weight, is_scored))


def _aggregate(values: UnitValues, framework: Framework, drawn: Draws | None) -> pd.DataFrame:
    """Risks of indicators and dimensions and the score, units × codes; nan where nothing is known."""
    codes = [*framework.indicators, *framework.dimensions, ROOT]
    if drawn is None:
        return pd.DataFrame(np.nan, index=values.units, columns=codes)
    found = drawn.index.frames["aggregate"].reindex(columns=codes)
    return found.iloc[drawn.place].set_axis(values.units, axis=0)


def _interval(drawn: Draws | None, score: Floats) -> tuple[Floats, Floats]:
    """95 % interval of the draws, which are centred on the score; so it holds the score but for rounding."""
    low, high = np.full(score.shape, np.nan), np.full(score.shape, np.nan)
    known = ~np.isnan(score)
    if drawn is not None and known.any():
        low[known], high[known] = np.quantile(drawn.scores[:, known], INTERVAL, axis=0)
    return np.fmin(low, score), np.fmax(high, score)


def _ranks(units: pd.MultiIndex, score: Floats, drawn: Draws | None, peers: Mapping[tuple[str, str], str],
           ) -> pd.DataFrame:
    """Rank among the peers that have a score (equal scores share the better one), and its 95 % interval."""
    bounds = np.full((len(units), 3), np.nan)
    sets = np.array([peers.get(unit, "") for unit in units], dtype=object)
    for name in sorted(set(sets) - {""}):
        places = np.flatnonzero((sets == name) & ~np.isnan(score))
        if not places.size or drawn is None:
            continue
        rank = rank_scores(pd.DataFrame({"score": score[places]}))["score"].to_numpy(float)
        pooled = np.vstack([rank_draws(part[:, places]) for part in drawn.by_normalisation])
        low, high = np.quantile(pooled, INTERVAL, axis=0)
        bounds[places] = np.column_stack([rank, np.minimum(np.floor(low), rank), np.maximum(np.ceil(high), rank)])
    return pd.DataFrame(bounds, index=units, columns=["rank", "rank_lower", "rank_upper"]).astype("Int64")


def _tiers(units: pd.MultiIndex, score: Floats, drawn: Draws | None, tiers: IndexTiers) -> pd.DataFrame:
    """Tier by score and probability, the share of draws in each tier, and which is the likeliest."""
    names = np.array([*TIERS, "normal"], dtype=object)
    limits = np.array([tiers.cut_offs[tier] for tier in TIERS])
    unknown = np.isnan(score)
    at_least = np.full((len(units), len(names)), np.nan) if drawn is None else _shares_above(drawn.scores, limits)
    at_least[unknown] = np.nan
    reached = (score[:, None] >= limits - _ROUNDING) & (at_least[:, :-1] >= tiers.least_probability - _ROUNDING)
    place = np.where(reached.any(axis=1), reached.argmax(axis=1), len(names) - 1)
    shares = np.diff(at_least, axis=1, prepend=0)
    likeliest = names[np.where(unknown, 0, np.nan_to_num(shares).argmax(axis=1))]  # the heavier of equal ones
    own = place[:, None]
    frame = pd.DataFrame(shares, index=units, columns=[f"p_{name}" for name in names])
    frame.insert(0, "tier", np.where(unknown, "insufficient", names[place]))
    frame.insert(1, "tier_probability", np.take_along_axis(shares, own, axis=1)[:, 0])
    frame["p_at_least"] = np.take_along_axis(at_least, own, axis=1)[:, 0]
    frame["likeliest_tier"] = pd.Series(likeliest, index=units, dtype=object).mask(unknown, None)
    return frame


def _shares_above(drawn: Singles, limits: Floats) -> Floats:
    """Share of draws at or above each limit, and 1 for the tier without a limit: U × (limits + 1)."""
    above = [(drawn >= np.float32(limit - _ROUNDING)).mean(axis=0) for limit in limits]
    return np.column_stack([*above, np.ones(drawn.shape[1])])


def parts_of(framework: Framework, aggregate: pd.DataFrame, weight: pd.DataFrame, is_scored: NDArray[np.bool_],
             ) -> UnitParts:
    """The parts, from risks and effective weights of all units (frames, units × codes)."""
    codes = [*framework.indicators, *framework.dimensions]
    units = aggregate.index
    assert isinstance(units, pd.MultiIndex)
    return UnitParts(units, framework, weight[codes].to_numpy(), aggregate[codes].to_numpy(), is_scored)
