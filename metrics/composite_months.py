"""The index of every month of a snapshot: what it reads, the months one after another, what is written.

    read_index_input ── score_months (by itself, in any process) ── write_index

:mod:`metrics.composite_apart` does the middle part in a process of its own, beside the rest of a build.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import union_categoricals

from metrics.catalogue import Catalogue
from metrics.composite import IndexFrame, UnitParts, parts_of, score_units
from metrics.composite_changes import split_change
from metrics.composite_framework import Framework, arrange_values, build_framework
from metrics.composite_points import aggregate_known
from metrics.index import unit_weights
from metrics.policies import Policies, PolicyOfDay, load_policies

_SQL = Path(__file__).parent / "index"


@dataclass(frozen=True)
class IndexInput:
    """What the index is computed from.

    `cells`: as `index/cells.sql` gives them, in the order of months; `peers`: (scope_code, scope) → set to rank it in.
    """

    cells: pa.Table
    peers: Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class IndexTables:
    """The snapshot's `index_scores`, `index_parts` and `index_changes`; the last is None for a single month."""

    scores: pd.DataFrame
    parts: pd.DataFrame
    changes: pd.DataFrame | None


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
    tables = score_months(read_index_input(connection), catalogue, periods, policies)
    write_index(connection, tables, policies)


def read_index_input(connection: duckdb.DuckDBPyConnection) -> IndexInput:
    """Read what the index of all months needs."""
    peers = {(code, scope): name for code, scope, name in connection.execute(_sql("peers")).fetchall()}
    return IndexInput(connection.sql(_sql("cells")).to_arrow_table(), peers)


def score_months(given: IndexInput, catalogue: Catalogue, periods: list[str], policies: Policies) -> IndexTables:
    """Scores, parts and changes of every month; reads nothing but its arguments.

    Raises:
        PolicyError: none in force in one of the months.
    """
    cells = dict(_by_month(given.cells.to_pandas()))
    framework_of = _Frameworks(catalogue)

    def score(period: str) -> tuple["_Month", IndexFrame]:
        policy = policies.at(period)
        framework = framework_of(policy)
        found = score_units(cells[period], framework, policy.index_tiers, peers=given.peers, seed=seed_of(period))
        return _Month(period, framework, found.parts), found

    months = {period: score(period) for period in periods}  # the draws of a month use all cores by themselves
    changes = [_changes(months[before][0], months[now][0], cells[now]) for before, now in pairwise(periods)]
    return IndexTables(
        pd.concat([found.scores.assign(period=period) for period, (_, found) in months.items()]),
        _stacked({period: found.parts.frame() for period, (_, found) in months.items()}),
        pd.concat(changes) if changes else None,
    )


def write_index(connection: duckdb.DuckDBPyConnection, tables: IndexTables, policies: Policies) -> None:
    """Write the tables of the index, and the policies that were computed with."""
    connection.execute(_sql("tables"))
    incoming = {"scores": tables.scores, "parts": tables.parts, "changes": tables.changes, "policies": policies.frame()}
    for name, frame in incoming.items():
        if frame is not None:
            connection.register(f"incoming_{name}", frame)
            connection.execute(_sql(f"write_{name}"))
            connection.unregister(f"incoming_{name}")


def _by_month(cells: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows of each month, which lie together."""
    starts = np.flatnonzero(cells["period"].ne(cells["period"].shift()).to_numpy(bool))
    for start, end in pairwise([*starts, len(cells)]):
        yield str(cells["period"].iat[start]), cells.iloc[start:end]


class _Frameworks:
    """The framework of a day; made once for all months with the same weights and goalposts."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._indicators = {indicator.indicator: indicator for indicator in catalogue.indicators}
        self._made: list[tuple[PolicyOfDay, Framework]] = []

    def __call__(self, policy: PolicyOfDay) -> Framework:
        for known, framework in self._made:
            if known.weights == policy.weights and known.goalposts == policy.goalposts:
                return framework
        self._made.append((policy, build_framework(policy, self._indicators)))
        return self._made[-1][1]


@dataclass(frozen=True)
class _Month:
    period: str
    framework: Framework
    parts: UnitParts


def _changes(before: _Month, now: _Month, cells: pd.DataFrame) -> pd.DataFrame:
    """Why scores moved from one month to the next: rows of `index_changes`."""
    is_same = before.framework is now.framework
    between = now.parts if is_same else known_parts(cells, before.framework)
    found = split_change(_scored(before.parts).indicators(), between.indicators(), _scored(now.parts).indicators())
    return found.assign(period=now.period, from_period=before.period)


def _scored(parts: UnitParts) -> UnitParts:
    """The units with a score."""
    kept = parts.is_scored
    return UnitParts(parts.units[kept], parts.framework, parts.weight[kept], parts.risk[kept], kept[kept])


def _stacked(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The frames of all months with their month, one below the other, texts as categories."""
    texts = [name for name, kind in next(iter(frames.values())).dtypes.items() if kind == "category"]
    stacked = pd.concat([frame.drop(columns=texts) for frame in frames.values()], ignore_index=True)
    for name in texts:
        stacked[name] = union_categoricals([frame[name] for frame in frames.values()])
    months = np.repeat(np.arange(len(frames)), [len(frame) for frame in frames.values()])
    stacked["period"] = pd.Categorical.from_codes(months, pd.Index(list(frames)))
    return stacked


def known_parts(cells: pd.DataFrame, framework: Framework) -> UnitParts:
    """Parts of all units of one month as :func:`score_units` gives them, without draws, however little is known."""
    values = arrange_values(cells, framework)
    known = aggregate_known(values, framework)
    weight = unit_weights(values.value.notna(), framework.tree)
    return parts_of(framework, known, weight, np.ones(len(known), dtype=bool))


def seed_of(period: str) -> int:
    """The generator's seed for a month: the same in every build, another for every month."""
    return int.from_bytes(hashlib.sha256(f"index|{period}".encode()).digest()[:8], "big")


def _sql(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")
