"""What one snapshot holds, and what today's code makes of the same filings: the material of a comparison."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from data_contracts.errors import MendableError
from data_contracts.loading import load_contracts
from data_contracts.periods import period_end
from metrics.catalogue import load_catalogue
from metrics.composite_framework import Framework, build_framework
from metrics.facts import create_facts, create_months
from metrics.policies import Goalpost, IndexTiers, PolicyOfDay, Weights
from metrics.rollup import create_cells, write_indicators
from metrics.snapshot import open_snapshot

_SQL = Path(__file__).parent
_INDEX_CELLS = Path(__file__).parents[1] / "index" / "cells.sql"
# What a snapshot says of its filings beside their rows; everything else in it is derived from these.
_FILED = ("divisions", "scopes", "contracts", "expected_filings", "filings", "faults")


class CompareError(MendableError):
    """Two snapshots that cannot be compared; the text is Chinese and says why."""


@dataclass(frozen=True)
class Held:
    """One snapshot at one month.

    `scores` and `cells` as it holds them, `recomputed` the cells that today's code makes of its filings, `policies` its
    table with bodies as values, `day` the day whose policy the month was computed with.
    """

    snapshot_id: str
    scores: pd.DataFrame
    cells: pd.DataFrame
    recomputed: pd.DataFrame
    policies: pd.DataFrame
    day: date
    names: Mapping[str, str]

    def body(self, policy: str) -> dict[str, Any]:
        """Body of the version of a policy that was in force on the day; empty if there was none."""
        found = self.policies[(self.policies["policy"] == policy) & (self.policies["valid_from"] <= self.day)]
        return {} if found.empty else dict(found.sort_values("valid_from")["body"].iloc[-1])

    @property
    def framework(self) -> Framework:
        """Weights and goalposts of the day, for the indicators of today's catalogue."""
        weights, posts = self.body("weights"), self.body("goalposts")
        indicators = {one.indicator: one for one in load_catalogue().indicators
                      if one.dimension in weights["dimensions"] and one.indicator in posts}
        goalposts = {name: Goalpost(**ends) for name, ends in posts.items()}
        of_day = Weights(weights["dimensions"], weights["indicators"], weights["noise"])
        return build_framework(PolicyOfDay(self.day, of_day, goalposts, {}, self.tiers, ()), indicators)

    @property
    def tiers(self) -> IndexTiers:
        """Cut-offs of the day on the score."""
        body = self.body("index_tiers")
        shares = (body["least_data_share"], body["least_weight_share"])
        return IndexTiers(body["cut_offs"], *shares, body["least_probability"])


def attach(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    """Attach a snapshot file for reading under a name."""
    place = str(path).replace("'", "''")
    connection.execute(f"ATTACH '{place}' AS {name} (READ_ONLY)")


def months_of(path: Path) -> list[str]:
    """Months that a snapshot has figures for, oldest first."""
    with open_snapshot(path) as connection:
        return [row[0] for row in connection.execute("SELECT period FROM months ORDER BY period").fetchall()]


def read_held(path: Path, period: str) -> Held:
    """One snapshot at one month, and the same filings by today's code.

    Raises:
        CompareError: the snapshot has no index or no policy for the month.
        SnapshotUnreadable: see :func:`metrics.snapshot.open_snapshot`.
    """
    with open_snapshot(path) as connection:
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        scores = connection.execute((_SQL / "scores.sql").read_text(encoding="utf-8"), {"period": period}).df()
        cells = connection.execute((_SQL / "cells.sql").read_text(encoding="utf-8"), {"period": period}).df()
        policies = connection.execute("FROM policies").df()
        names = dict(connection.execute("SELECT division_code, name FROM divisions").fetchall())
    if scores.empty:
        raise CompareError(f"快照 {meta['snapshot_id']} 没有 {period} 的综合指数")
    policies = policies.assign(body=policies["body"].map(json.loads),
                               valid_from=pd.to_datetime(policies["valid_from"]).dt.date)
    fixed_on = meta.get("policy_date")
    day = date.fromisoformat(fixed_on) if fixed_on else period_end(period)
    recomputed = _recompute(path, meta["first_period"], period)
    held = Held(meta["snapshot_id"], scores, cells, recomputed, policies, day, names)
    if not all(held.body(policy) for policy in ("weights", "goalposts", "index_tiers")):
        raise CompareError(f"快照 {held.snapshot_id} 没有 {day} 有效的政策参数")
    return held


def _recompute(path: Path, first_period: str, period: str) -> pd.DataFrame:
    """Cells of a month by today's facts and catalogue, from the filed rows of a snapshot, in a database of its own."""
    catalogue = load_catalogue()
    with duckdb.connect(":memory:") as connection:
        attach(connection, "held", path)
        _take_over(connection)
        # a division that has ended is looked up in its last month; otherwise the month alone will do
        ended = connection.execute("SELECT count(*) FROM divisions WHERE valid_to IS NOT NULL").fetchall()[0][0]
        create_months(connection, first_period=first_period if ended else period, period=period)
        create_facts(connection, catalogue.facts, catalogue.window_of)
        write_indicators(connection, catalogue)
        create_cells(connection, catalogue)
        cells: pd.DataFrame = connection.execute(_INDEX_CELLS.read_text(encoding="utf-8")).df()
    return cells[cells["period"] == period].reset_index(drop=True)


def _take_over(connection: duckdb.DuckDBPyConnection) -> None:
    """Filings and their rows, in the columns of today's contracts: what was not asked for then is null."""
    columns: dict[str, list[str]] = {}
    for table, column in connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'held'"
    ).fetchall():
        columns.setdefault(str(table), []).append(str(column))
    for table in _FILED:
        connection.execute(f'CREATE TABLE "{table}" AS FROM held."{table}"')
    for contract in load_contracts().values():
        schema = contract.staged_schema()
        columns_of_table = ", ".join(f'"{name}" {kind}' for name, kind in schema.items())
        connection.execute(f'CREATE TABLE "{contract.contract}" ({columns_of_table})')
        shared = [name for name in columns.get(contract.contract, ()) if name in schema]
        if shared:
            names = ", ".join(f'"{name}"' for name in shared)
            connection.execute(
                f'INSERT INTO "{contract.contract}" BY NAME SELECT {names} FROM held."{contract.contract}"')

