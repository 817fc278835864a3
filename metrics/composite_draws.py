"""How sure the region's scores are: the engine's Monte Carlo, and its draws centred on what they are about.

Two things are drawn for scores and tiers: each indicator within its own 95 % interval (what stands behind a number
could have come out otherwise), and each weight within the policy's noise (it is somebody's judgement). For ranks the
normalisation varies too: goalposts, min-max and percentile ranks, all as likely; under another normalisation a score
has another scale, so it says something of ranks and nothing of tiers. The three go by the same draws of values and of
weights.

How many draws: with 600 the standard error of a probability is at most 2 points, and that of an interval's end a ninth
of the score's own standard deviation; both are less than what a page shows. All months have as many, so that a month
reads the same in every snapshot that holds it.

Why the draws are centred. A share of 100 % can only be drawn lower, a risk of 0 only higher, and a division has dozens
of those: all of its draws would lie above its score, and the more so the fewer cases it has. That lift comes from the
edges and not from the division, so each unit's draws are moved as a whole until their median is its score: half of
them lie on either side, whatever the number of edges. The spread and its skew stay as drawn; what would lie below 0 or
above 100 counts as 0 or 100. How far they were moved is kept (`lift`). Where the truth is known, the centred interval
holds the true score about as often as it says and the uncentred one does not (tests/spec/test_index_interval.py).

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 7; median centring: Efron & Tibshirani
1993, An Introduction to the Bootstrap, ch. 14 (bias of percentile intervals).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.composite_framework import STEPS, Framework, UnitValues
from metrics.index import Choices, Index
from metrics.index.arrays import ranks
from metrics.index.side_by_side import explore_side_by_side

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
NORMALISATIONS = ("goalposts", "min_max", "percentile_rank")
_DIGITS = 4  # scores that differ by less than single precision can tell are equal, and share a rank


@dataclass(frozen=True)
class Draws:
    """The index of U units (index: scope_code, scope) and its draws.

    Attributes:
        index: as the engine built it on the distinct units; `place` (U) says where each unit is in it.
        scores: B × U, centred on the score; nan where a unit has no value at all.
        lift: how far above the score the uncentred median lay; U, in points.
        by_normalisation: B' × U for each normalisation, centred each on its own score: for ranks.
    """

    index: Index
    place: NDArray[np.intp]
    scores: Singles
    lift: Floats
    by_normalisation: tuple[Singles, ...]


def draw_index(values: UnitValues, framework: Framework, *, seed: int, draws: int) -> Draws:
    """Build the index and draw it.

    A division with nobody below it reads the same as own and as area: it is computed and drawn once.

    Args:
        values: with at least one value of one unit.
        framework: its tree may have indicators without any value.
        seed: the same seed gives the same draws in whatever order the units come.
        draws: how many for scores; half as many of each other normalisation.
    """
    first, place = _distinct(values)
    known = values.value.columns[values.value.notna().any()]
    tree = framework.tree.keeping(known)
    frames = {name: flat_units(getattr(values, name)[known].iloc[first]) for name in ("value", "lower", "upper")}
    half = max(1, draws // 2)
    runs = {name: draws if name == STEPS.normalise else half for name in NORMALISATIONS}
    choices = Choices(weight_noise=framework.weight_noise, lower=frames["lower"], upper=frames["upper"])
    found = explore_side_by_side(frames["value"], tree, STEPS, choices, runs, seed=seed)
    moved, lift = _centre(found.scores["goalposts"], found.index.score.to_numpy(float))
    scores = np.clip(moved, 0, 100)
    others = [_centre(found.scores[name], found.undrawn[name].astype(float))[0] for name in NORMALISATIONS[1:]]
    by_normalisation = tuple(part[:half, place] for part in (scores, *others))
    return Draws(found.index, place, scores[:, place], lift[place], by_normalisation)


def _distinct(values: UnitValues) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Places of the distinct units in their given order, and for each unit its place among those."""
    codes = pd.factorize(values.units.get_level_values("scope_code"))[0]
    parts = [np.nan_to_num(getattr(values, name).to_numpy(), nan=-1) for name in ("value", "lower", "upper")]
    signature = np.column_stack([codes, *parts])
    _, first, place = np.unique(signature, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)  # np.unique sorts by content; draws must go by the units' order alone
    position = np.empty_like(order)
    position[order] = np.arange(order.size)
    return first[order], position[place.ravel()]


def flat_units(frame: pd.DataFrame) -> pd.DataFrame:
    """One label per unit: the engine takes two levels for a panel."""
    return frame.set_axis(pd.Index(["/".join(map(str, unit)) for unit in frame.index]), axis=0)


def _centre(drawn: Singles, score: Floats) -> tuple[Singles, Floats]:
    """Draws moved so that each unit's median is its score, and by how much they lay above it."""
    lift = np.full(score.shape, np.nan)
    known = ~np.isnan(score)
    if known.any():
        lift[known] = np.median(drawn[:, known], axis=0) - score[known]
    return drawn - lift.astype(np.float32), lift


def rank_draws(scores: Singles) -> Singles:
    """Rank of each unit within each draw, 1 for the highest score, equal scores share the better one; B × U, no nan."""
    found: Singles = ranks(-np.round(scores, _DIGITS))
    return found
