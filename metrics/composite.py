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

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.catalogue import Catalogue
from metrics.composite_changes import split_change
from metrics.composite_draws import Draws, Singles, draw_index, rank_draws
from metrics.composite_framework import ROOT, Framework, UnitValues, arrange_values, build_framework
from metrics.composite_points import aggregate_known, data_shares
from metrics.index import unit_weights
from metrics.index.building import rank_scores
from metrics.policies import IndexTiers, Policies, load_policies
from metrics.warning_definitions import TIERS

Floats = NDArray[np.float64]

_SQL = Path(__file__).parent / "index"
DRAWS = 600
_ROUNDING = 1e-4  # of scores in single precision, in points
INTERVAL = (0.025, 0.975)
THREADS = 2  # months drawn side by side; each has its own seed, so that their order does not matter


@dataclass(frozen=True)
class IndexFrame:
    """Scores and their parts, as the snapshot's `index_scores` and `index_parts` without `period`."""

    scores: pd.DataFrame
    parts: pd.DataFrame


def compute_index(connection: duckdb.DuckDBPyConnection, *, catalogue: Catalogue, periods: list[str],
                  policies: Policies | None = None) -> None:
    """Write `index_scores`, `index_parts`, `index_changes` and `policies`; each month by the policy of its last day.

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

    def score(period: str) -> tuple[_Month, IndexFrame]:
        policy = policies.at(period)
        framework = build_framework(policy, indicators)
        found = score_units(cells[period], framework, policy.index_tiers, peers=peers, seed=seed_of(period))
        return _Month(period, framework, found.parts), found

    with ThreadPoolExecutor(THREADS) as pool:  # drawing is numpy's work, which does not hold the interpreter
        months = dict(zip(periods, pool.map(score, periods), strict=True))
    scores = [found.scores.assign(period=period) for period, (_, found) in months.items()]
    parts = [found.parts.assign(period=period) for period, (_, found) in months.items()]
    changes = [_changes(months[before][0], months[now][0], cells[now]) for before, now in pairwise(periods)]
    connection.execute(_sql("tables"))
    incoming = {"scores": pd.concat(scores), "parts": pd.concat(parts), "policies": policies.frame()}
    incoming |= {"changes": pd.concat(changes)} if changes else {}
    for name, frame in incoming.items():
        connection.register(f"incoming_{name}", frame)
        connection.execute(_sql(f"write_{name}"))
        connection.unregister(f"incoming_{name}")


@dataclass(frozen=True)
class _Month:
    period: str
    framework: Framework
    parts: pd.DataFrame


def _changes(before: _Month, now: _Month, cells: pd.DataFrame) -> pd.DataFrame:
    """Why scores moved from one month to the next: rows of `index_changes`."""
    is_same = before.framework.tree.table.equals(now.framework.tree.table)
    between = now.parts if is_same else known_parts(cells, before.framework)
    sides = [frame[frame["level"] == "indicator"] for frame in (before.parts, between, now.parts)]
    scored = [_scored(frame) for frame in (before.parts, now.parts)]
    found = split_change(*sides)
    kept = pd.MultiIndex.from_frame(found[["scope_code", "scope"]]).isin(scored[0].intersection(scored[1]))
    return found[kept].assign(period=now.period, from_period=before.period)


def _scored(parts: pd.DataFrame) -> pd.MultiIndex:
    """Units with a score: theirs are the parts with contributions."""
    return pd.MultiIndex.from_frame(parts.loc[parts["contribution"].notna(), ["scope_code", "scope"]].drop_duplicates())


def known_parts(cells: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Parts of all units of one month as :func:`score_units` gives them, without draws, however little is known."""
    values = arrange_values(cells, framework)
    known = aggregate_known(values, framework)
    return _parts(framework, known, unit_weights(values.value.notna(), framework.tree), np.ones(len(known), dtype=bool))


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
    return IndexFrame(frame.reset_index(), _parts(framework, aggregate, weight, is_scored))


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


def _parts(framework: Framework, aggregate: pd.DataFrame, weight: pd.DataFrame, is_scored: NDArray[np.bool_],
           ) -> pd.DataFrame:
    """Indicators and dimensions of every unit; a unit without a score has weights and risks but no contributions."""
    units, frames = aggregate.index, []
    for level, codes in (("dimension", framework.dimensions), ("indicator", framework.indicators)):
        chosen = list(codes)
        risks, weights = aggregate[chosen].to_numpy(), weight[chosen].to_numpy()
        points = np.where(is_scored[:, None], np.nan_to_num(risks) * weights, np.nan)
        frame = units.to_frame(index=False).loc[np.repeat(np.arange(len(units)), len(chosen))]
        parents = [framework.tree.text(code, "parent") for code in chosen]
        frames.append(frame.assign(
            level=level, code=np.tile(chosen, len(units)), parent=np.tile(parents, len(units)),
            weight=weights.ravel(), risk=risks.ravel(), contribution=points.ravel(),
        ))
    return pd.concat(frames, ignore_index=True)


def _sql(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")
