"""How sure a score is: the same index again under other counts and other weights, many times, vectorised.

Two things are drawn. What stands behind an indicator could have come out otherwise: a share is drawn from its Beta and
a rate from its Gamma posterior under Jeffreys' prior, a duration from a normal distribution around its value that is as
wide on either side as its 95 % interval says. The weights are somebody's judgement: they are drawn from Dirichlet
distributions around the given ones, the same draw for all units, so that units are compared under the same weights.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 7; Brown, Cai & DasGupta 2001, Stat Sci
16:101 (Jeffreys' interval).
"""

import numpy as np
from numpy.typing import NDArray

from metrics.composite_framework import Framework, UnitValues

Singles = NDArray[np.float32]  # half the memory and time of doubles, and far more exact than 2,000 draws can be

JEFFREYS = 0.5
HALF_WIDTH = 1.959964  # standard deviations from the middle of a normal distribution to its 95 % limits


def draw_scores(values: UnitValues, framework: Framework, *, seed: int, draws: int) -> Singles:
    """Scores under redrawn counts and weights.

    Args:
        values: counts of U units × K indicators; draws depend on the units' order, so give them in a fixed one.
        framework: weights and goalposts of the K indicators.
        seed: of the generator; every indicator has its own stream, so that one more indicator leaves the others' alone.
        draws: how many (B).

    Returns:
        Scores 0–100, shape B × U; nan for a unit without any value.
    """
    streams = [np.random.default_rng([seed, place]) for place in range(len(framework.indicators) + 1)]
    dimension_draws, indicator_draws = _draw_weights(framework, streams[-1], draws)
    shape = (draws, values.has_value.shape[0])
    total, total_weight = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for dimension in range(len(framework.dimensions)):
        risk, weight = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        for place in np.flatnonzero(framework.dimension_of == dimension):
            known = np.flatnonzero(values.has_value[:, place])
            if known.size:
                drawn = _draw_risks(values, framework, int(place), known, streams[place], draws)
                risk[:, known] += indicator_draws[:, [place]] * drawn
                weight[:, known] += indicator_draws[:, [place]]
        has_data = values.has_value[:, framework.dimension_of == dimension].any(axis=1)
        total[:, has_data] += dimension_draws[:, [dimension]] * risk[:, has_data] / weight[:, has_data]
        total_weight[:, has_data] += dimension_draws[:, [dimension]]
    return np.divide(total, total_weight, out=np.full(shape, np.nan, np.float32), where=total_weight > 0)


def _draw_risks(values: UnitValues, framework: Framework, place: int, known: NDArray[np.intp],
                stream: np.random.Generator, draws: int) -> Singles:
    """Risks of one indicator for the units that have a value: B × known."""
    draw = _draw_durations if framework.is_duration[place] else _draw_counts
    drawn = draw(values, framework, place, known, stream, draws)
    best, worst = np.float32(framework.best[place]), np.float32(framework.worst[place])
    risks: Singles = np.clip((drawn - best) / (worst - best), 0, 1) * np.float32(100)
    return risks


def _draw_durations(values: UnitValues, framework: Framework, place: int, known: NDArray[np.intp],
                    stream: np.random.Generator, draws: int) -> Singles:
    value = values.value[known, place].astype(np.float32)
    below, above = value - values.lower[known, place], values.upper[known, place] - value
    step = stream.standard_normal((draws, known.size), dtype=np.float32)
    drawn: Singles = value + step * np.where(step < 0, below, above).astype(np.float32) / np.float32(HALF_WIDTH)
    return drawn


def _draw_counts(values: UnitValues, framework: Framework, place: int, known: NDArray[np.intp],
                 stream: np.random.Generator, draws: int) -> Singles:
    count = values.numerator[known, place].astype(np.float32)
    total = values.denominator[known, place].astype(np.float32)
    shape = (draws, known.size)
    hits = stream.standard_gamma(count + np.float32(JEFFREYS), size=shape, dtype=np.float32)
    if framework.is_share[place]:
        # a Beta is a Gamma over the sum of itself and another; numpy draws Gammas in single precision, Betas not
        rest = np.maximum(total - count, 0) + np.float32(JEFFREYS)
        share: Singles = hits / (hits + stream.standard_gamma(rest, size=shape, dtype=np.float32))
        return share
    rate: Singles = hits * (np.float32(framework.per[place]) / total)
    return rate


def _draw_weights(framework: Framework, stream: np.random.Generator, draws: int) -> tuple[Singles, Singles]:
    """Weights of dimensions (B × D) and of indicators within their dimension (B × K), each summing to 1."""
    dimensions = stream.dirichlet(framework.dimension_weights * framework.concentration, size=draws)
    indicators = np.ones((draws, len(framework.indicators)))
    for dimension in range(len(framework.dimensions)):
        members = np.flatnonzero(framework.dimension_of == dimension)
        if members.size > 1:  # a Dirichlet of one is 1
            weights = framework.indicator_weights[members] * framework.concentration
            indicators[:, members] = stream.dirichlet(weights, size=draws)
    return dimensions.astype(np.float32), indicators.astype(np.float32)


def rank_draws(scores: Singles) -> NDArray[np.int32]:
    """Rank of each unit within each draw, 1 for the highest score; shape as given (B × U), no nan allowed."""
    order = np.argsort(-scores, axis=1, kind="stable")
    ranks = np.empty(scores.shape, np.int32)
    np.put_along_axis(ranks, order, np.arange(1, scores.shape[1] + 1, dtype=np.int32)[None, :], axis=1)
    return ranks
