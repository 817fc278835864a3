"""The index of one month by itself: scores, and what each indicator adds to them, without saying how sure they are."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.composite_draws import flat_units
from metrics.composite_framework import ROOT, STEPS, Framework, UnitValues
from metrics.index import build_index, unit_weights
from metrics.policies import IndexTiers
from metrics.warning_definitions import TIERS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Points:
    """Of U units: `score` (U; nan without enough data) and `contribution` of each indicator (units × indicators).

    Contributions add up to the score; they are nan for a unit without one, 0 where an indicator has no value.
    """

    score: Floats
    contribution: pd.DataFrame


def score_points(values: UnitValues, framework: Framework, tiers: IndexTiers) -> Points:
    """Scores as :func:`metrics.composite.score_units` gives them, to 1e-12 points."""
    data_share, weight_share = data_shares(values, framework)
    is_scored = (data_share >= tiers.least_data_share) & (weight_share >= tiers.least_weight_share)
    codes = list(framework.indicators)
    known = aggregate_known(values, framework)
    weight = unit_weights(values.value.notna(), framework.tree)[codes]
    added = np.where(is_scored[:, None], np.nan_to_num(known[codes].to_numpy()) * weight.to_numpy(), np.nan)
    score: Floats = np.where(is_scored, known[ROOT].to_numpy(), np.nan)
    return Points(score, pd.DataFrame(added, index=values.units, columns=codes))


def aggregate_known(values: UnitValues, framework: Framework) -> pd.DataFrame:
    """Risks of indicators and dimensions and the score, units × codes, however little is known, or nan."""
    has_value = values.value.notna()
    known = list(has_value.columns[has_value.any()])
    codes = [*framework.indicators, *framework.dimensions, ROOT]
    if not known:
        return pd.DataFrame(np.nan, index=values.units, columns=codes)
    built = build_index(flat_units(values.value[known]), framework.tree.keeping(known), STEPS)
    return built.frames["aggregate"].reindex(columns=codes).set_axis(values.units, axis=0)


def data_shares(values: UnitValues, framework: Framework) -> tuple[Floats, Floats]:
    """Share of the weight that should be known and is, and share of all weight that is known; U each."""
    tree, codes = framework.tree, list(framework.indicators)
    judged = unit_weights(values.is_judged, tree)[codes]
    full = unit_weights(pd.DataFrame(True, index=values.units, columns=codes), tree)[codes]
    data_share = (judged * values.coverage).sum(axis=1).to_numpy()
    weight_share = (full * values.value.notna()).sum(axis=1).to_numpy()
    return np.round(data_share, 12), np.round(weight_share, 12)  # 0.6 must be 0.6


def tiers_of(score: Floats, tiers: IndexTiers) -> NDArray[np.object_]:
    """The tier whose cut-off each score reaches; `insufficient` for nan.

    It is the tier of the index where `least_probability` is 0.5: draws are centred on the score.
    """
    limits = np.array([tiers.cut_offs[tier] for tier in TIERS])
    names = np.array([*TIERS, "normal"], dtype=object)
    found: NDArray[np.object_] = names[(score[:, None] < limits).sum(axis=1)]
    return np.where(np.isnan(score), "insufficient", found)
