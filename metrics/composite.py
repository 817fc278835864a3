"""The composite risk index: every weighted duty in one number from 0 (best) to 100 (worst), and how sure it is.

    value ── goalposts ── risk 0–100 ── weights within the dimension ── risk of the dimension ── weights ── score

Both steps are weighted arithmetic means over what is known. What does not apply to a unit, or is too small to judge,
drops out; what was not filed is missing, and with less than the policy's share of the weight known there is no score:
tier `insufficient`. The tier is read off the score by dated cut-offs (at or above the cut-off); `tier_probability` says
in what share of the draws (:mod:`metrics.composite_draws`) the unit has the same tier. Rank 1 is the highest risk.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), steps 5–7.
"""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from metrics.catalogue import Catalogue
from metrics.composite_draws import Singles, draw_scores, rank_draws
from metrics.composite_framework import Framework, UnitValues, arrange_values, build_framework
from metrics.policies import IndexTiers, Policies, load_policies
from metrics.warning_definitions import TIERS

Floats = NDArray[np.float64]

_SQL = Path(__file__).parent / "index"
DRAWS = 2000
THREADS = 2  # months drawn side by side; each has its own seed, so that their order does not matter
INTERVAL = (0.05, 0.95)
ROOT = "index"


@dataclass(frozen=True)
class IndexFrame:
    """Scores and their parts, as the snapshot's `index_scores` and `index_parts` without `period`."""

    scores: pd.DataFrame
    parts: pd.DataFrame


def compute_index(connection: duckdb.DuckDBPyConnection, *, catalogue: Catalogue, periods: list[str],
                  policies: Policies | None = None) -> None:
    """Write `index_scores`, `index_parts` and `policies`; each month by the policy of its last day.

    Args:
        connection: holds `cells`, `indicators`, `scopes` and `divisions`.
        catalogue: the indicators that the cells are of.
        periods: months to compute, `2026-09`.
        policies: by default those that ship.

    Raises:
        PolicyError: a policy that cannot be used, or none in force in one of the months.
    """
    policies = policies or load_policies(catalogue=catalogue)
    indicators = {indicator.indicator: indicator for indicator in catalogue.indicators}
    cells = dict(list(connection.execute(_sql("cells")).df().groupby("period")))
    peers = {(code, scope): peer_set for code, scope, peer_set in connection.execute(_sql("peers")).fetchall()}

    def score(period: str) -> IndexFrame:
        policy = policies.at(period)
        framework = build_framework(policy, indicators)
        return score_units(cells[period], framework, policy.index_tiers, peers=peers, seed=seed_of(period))

    with ThreadPoolExecutor(THREADS) as pool:  # drawing is numpy's work, which does not hold the interpreter
        found = dict(zip(periods, pool.map(score, periods), strict=True))
    scores = [frame.scores.assign(period=period) for period, frame in found.items()]
    parts = [frame.parts.assign(period=period) for period, frame in found.items()]
    connection.execute(_sql("tables"))
    incoming = {"scores": pd.concat(scores), "parts": pd.concat(parts), "policies": policies.frame()}
    for name, frame in incoming.items():
        connection.register(f"incoming_{name}", frame)
    connection.execute(_sql("write"))
    for name in incoming:
        connection.unregister(f"incoming_{name}")


def seed_of(period: str) -> int:
    """The generator's seed for a month: the same in every build, another for every month."""
    return int.from_bytes(hashlib.sha256(f"index|{period}".encode()).digest()[:8], "big")


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
    points = score_points(values, framework, tiers)
    score = points.score
    drawn = _draw_once_per_division(values, framework, seed, draws)
    frame = pd.DataFrame({"score": score}, index=values.units)
    frame["lower"], frame["upper"] = _interval(drawn, score)
    frame = frame.join(_ranks(values.units, score, drawn, peers or {})).join(_tiers(values.units, score, drawn, tiers))
    frame["data_share"] = points.data_share
    parts = _parts(values.units, framework, points.risk, points.weight, ~np.isnan(score))
    return IndexFrame(frame.reset_index(), parts)


@dataclass(frozen=True)
class Points:
    """Scores of U units by themselves, without how sure they are: `score` U (nan without enough data), `risk` and
    `weight` U × K, `data_share` U."""

    score: Floats
    risk: Floats
    weight: Floats
    data_share: Floats

    @property
    def contribution(self) -> Floats:
        """What each indicator adds to the score (U × K); nan for a unit without a score."""
        added: Floats = np.where(np.isnan(self.score)[:, None], np.nan, np.nan_to_num(self.risk) * self.weight)
        return added


def score_points(values: UnitValues, framework: Framework, tiers: IndexTiers) -> Points:
    """The score of every unit: weighted means of the risks of what is known, if enough is known."""
    risk = risk_of(values.value, framework)
    weight = effective_weights(values.has_value, framework)
    score = np.nansum(risk * weight, axis=1)
    data_share, weight_share = _data_shares(values, framework)
    score[(data_share < tiers.least_data_share) | (weight_share < tiers.least_weight_share)] = np.nan
    return Points(score, risk, weight, data_share)


def tiers_of(score: Floats, tiers: IndexTiers) -> NDArray[np.object_]:
    """The tier of each score; `insufficient` for nan."""
    limits = np.array([tiers.cut_offs[tier] for tier in TIERS])
    names = np.array([*TIERS, "normal"], dtype=object)
    found: NDArray[np.object_] = names[(score[:, None] < limits).sum(axis=1)]
    return np.where(np.isnan(score), "insufficient", found)


def risk_of(value: Floats, framework: Framework) -> Floats:
    """Values (… × K) to risk 0–100: a straight line from `best` to `worst`, clipped; nan stays nan."""
    scaled: Floats = np.clip((value - framework.best) / (framework.worst - framework.best), 0, 1) * 100
    return scaled


def effective_weights(has_value: NDArray[np.bool_], framework: Framework) -> Floats:
    """Weights that sum to 1 over what each unit has (U × K); all 0 for a unit that has nothing.

    An indicator without a value hands its weight to the others of its dimension, a dimension without any to the others.
    """
    within = np.where(has_value, framework.indicator_weights, 0.0)
    sums = _sum_by_dimension(within, framework)
    dimension = np.where(sums > 0, framework.dimension_weights, 0.0)
    dimension = np.divide(dimension, dimension.sum(axis=1, keepdims=True), out=np.zeros_like(dimension),
                          where=dimension.sum(axis=1, keepdims=True) > 0)
    shares = np.divide(within, sums[:, framework.dimension_of], out=np.zeros_like(within), where=within > 0)
    weights: Floats = shares * dimension[:, framework.dimension_of]
    return weights


def _sum_by_dimension(array: Floats, framework: Framework) -> Floats:
    members = framework.dimension_of[:, None] == np.arange(len(framework.dimensions))[None, :]
    sums: Floats = array @ members
    return sums


def _data_shares(values: UnitValues, framework: Framework) -> tuple[Floats, Floats]:
    """Share of the weight that should be known and is, and share of all weight that is known; U each."""
    judged_weight = effective_weights(values.is_judged, framework)
    data_share = (judged_weight * values.coverage).sum(axis=1)
    full = framework.indicator_weights * framework.dimension_weights[framework.dimension_of]
    return np.round(data_share, 12), np.round((full * values.has_value).sum(axis=1), 12)  # 0.6 must be 0.6


def _draw_once_per_division(values: UnitValues, framework: Framework, seed: int, draws: int) -> Singles:
    """Score draws B × U. A division with nobody below it reads the same as own and as area: it is drawn once."""
    codes = pd.factorize(values.units.get_level_values("scope_code"))[0]
    signature = np.column_stack([
        codes, np.nan_to_num(values.numerator, nan=-1), np.nan_to_num(values.denominator, nan=-1), values.has_value,
    ])
    _, first, place = np.unique(signature, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)  # np.unique sorts by content; draws must go by the units' order alone
    position = np.empty_like(order)
    position[order] = np.arange(order.size)
    drawn = draw_scores(values.take(first[order]), framework, seed=seed, draws=draws)
    return drawn[:, position[place.ravel()]]


def _interval(drawn: Singles, score: Floats) -> tuple[Floats, Floats]:
    """90 % interval of the draws, widened to hold the score: a unit without a single fault lies below all its draws."""
    low, high = np.full(score.shape, np.nan), np.full(score.shape, np.nan)
    known = ~np.isnan(score)
    if known.any():
        low[known], high[known] = np.quantile(drawn[:, known], INTERVAL, axis=0)
    return np.fmin(low, score), np.fmax(high, score)


def _ranks(units: pd.MultiIndex, score: Floats, drawn: Singles, peers: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """Rank among the peers that have a score (equal scores share the better one), and its 90 % interval."""
    bounds = np.full((len(units), 3), np.nan)
    sets = np.array([peers.get(unit, "") for unit in units], dtype=object)
    for name in sorted(set(sets) - {""}):
        places = np.flatnonzero((sets == name) & ~np.isnan(score))
        if not places.size:
            continue
        rank = rankdata(-score[places], method="min").astype(int)
        low, high = np.quantile(rank_draws(drawn[:, places]), INTERVAL, axis=0)
        bounds[places] = np.column_stack([rank, np.minimum(np.floor(low), rank), np.maximum(np.ceil(high), rank)])
    return pd.DataFrame(bounds, index=units, columns=["rank", "rank_lower", "rank_upper"]).astype("Int64")


def _tiers(units: pd.MultiIndex, score: Floats, drawn: Singles, tiers: IndexTiers) -> pd.DataFrame:
    """Tier by the score, the share of draws in each tier, and the share in the unit's own."""
    names = [*TIERS, "normal"]
    limits = np.array([tiers.cut_offs[tier] for tier in TIERS])
    place = (score[:, None] < limits).sum(axis=1)
    drawn_place = (drawn[:, :, None] < limits.astype(np.float32)).sum(axis=2)
    shares = np.column_stack([(drawn_place == number).mean(axis=0) for number in range(len(names))])
    unknown = np.isnan(score)
    shares[unknown] = np.nan
    own = np.take_along_axis(shares, place[:, None].clip(max=len(names) - 1), axis=1)[:, 0]
    frame = pd.DataFrame(shares, index=units, columns=[f"p_{name}" for name in names])
    frame.insert(0, "tier_probability", own)
    frame.insert(0, "tier", tiers_of(score, tiers))
    return frame


def _parts(units: pd.MultiIndex, framework: Framework, risk: Floats, weight: Floats,
           is_scored: NDArray[np.bool_]) -> pd.DataFrame:
    """Indicators and dimensions of every unit; a unit without a score has weights and risks but no contributions."""
    contribution = np.where(is_scored[:, None], np.nan_to_num(risk) * weight, np.nan)
    dimension_weight = _sum_by_dimension(weight, framework)
    dimension_points = _sum_by_dimension(np.nan_to_num(risk) * weight, framework)
    dimension_risk = np.divide(dimension_points, dimension_weight, out=np.full(dimension_points.shape, np.nan),
                               where=dimension_weight > 0)
    parents = [framework.dimensions[place] for place in framework.dimension_of]
    dimension_contribution = np.where(is_scored[:, None], dimension_points, np.nan)
    levels = (
        ("dimension", framework.dimensions, [ROOT] * len(framework.dimensions), dimension_weight, dimension_risk,
         dimension_contribution),
        ("indicator", framework.indicators, parents, weight, risk, contribution),
    )
    frames = []
    for level, codes, above, weights, risks, points in levels:
        frame = units.to_frame(index=False).loc[np.repeat(np.arange(len(units)), len(codes))]
        frames.append(frame.assign(
            level=level, code=np.tile(codes, len(units)), parent=np.tile(above, len(units)), weight=weights.ravel(),
            risk=risks.ravel(), contribution=points.ravel(),
        ))
    return pd.concat(frames, ignore_index=True)


def _sql(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")
