"""Whose figures a reader may see, and the one place where a read query is run with that limit in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from metrics.facts import Fact, load_facts

_SQL = Path(__file__).parent / "read"
# Tables that queries read as `shown_<name>`: what the reader may see of them, from `read/shown/<name>.sql`.
_SHOWN = re.compile(r"\bshown_(\w+)\b")
_PARAMETER = re.compile(r"\$(\w+)")
# What everybody may read: the catalogue, the dictionary and the policy say nothing of any division.
PUBLIC_QUERIES = frozenset(
    {"meta", "periods", "months", "indicators", "rhythm", "contracts", "contract_columns", "codes", "policies",
     "target", "has_table"}
)


@dataclass(frozen=True)
class Scope:
    """Divisions of one reader; `divisions` None means all.

    A row of a division is shown if the division is among them, a reading (本级 or 全域) if all its members are. Small
    counts of incidents and tips, below `least_count`, are shown to the unit that filed them (`own`) and to who receives
    every filing (`divisions` None), and hidden from all others.
    """

    divisions: frozenset[str] | None = None
    own: frozenset[str] = frozenset()
    least_count: int = 5

    def sees(self, division_code: str) -> bool:
        """Whether rows of this division may be shown."""
        return self.divisions is None or division_code in self.divisions


EVERYTHING = Scope()


@cache
def read_query_text(name: str) -> str:
    """Text of `metrics/read/<name>.sql`.

    Raises:
        ValueError: a query on divisions' figures has no scope parameter.
    """
    text = _SHOWN.sub(_shown, (_SQL / f"{name}.sql").read_text(encoding="utf-8"))
    if name not in PUBLIC_QUERIES and "$divisions" not in text and "$readings" not in text:
        raise ValueError(f"metrics/read/{name}.sql reads figures of divisions without $divisions or $readings")
    return text


def run_query(connection: duckdb.DuckDBPyConnection, name: str, scope: Scope, **parameters: Any) -> pd.DataFrame:
    """Frame of one read query, limited to the scope; all values go in as parameters, never as text.

    A connection that has `kept(key, make)` (a page's, on a file that never changes) is asked for the frame first.
    """
    kept = getattr(connection, "kept", None)
    if kept is None:
        return _run(connection, name, scope, parameters)
    values = tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in parameters.items())
    found: pd.DataFrame = kept((name, scope, values), lambda: _run(connection, name, scope, parameters))
    return found


def _run(connection: duckdb.DuckDBPyConnection, name: str, scope: Scope, given: dict[str, Any]) -> pd.DataFrame:
    text = read_query_text(name)
    whole, own = _codes(scope), None if scope.divisions is None else sorted(scope.own)
    of_reader: dict[str, Callable[[], object]] = {
        "divisions": lambda: whole,
        "readings": lambda: _readings_within(connection, whole),
        "exact": lambda: own,
        "exact_readings": lambda: _readings_within(connection, own),
        "least": lambda: scope.least_count,
        "guarded_facts": lambda: [fact.fact for fact in _guarded()],
        "guarded_contracts": lambda: sorted({contract for fact in _guarded() for contract in fact.contracts}),
    }
    limits = {one: of_reader[one]() for one in _parameters(name) & set(of_reader)}
    return connection.execute(text, given | limits).df()


@cache
def _parameters(name: str) -> frozenset[str]:
    return frozenset(_PARAMETER.findall(read_query_text(name)))


def _shown(table: re.Match[str]) -> str:
    return f"({(_SQL / 'shown' / f'{table[1]}.sql').read_text(encoding='utf-8')})"


def _guarded() -> list[Fact]:
    """Facts of which a small count is not for everybody."""
    return [fact for fact in load_facts().facts.values() if fact.hides_small_counts]


def _codes(scope: Scope) -> list[str] | None:
    return None if scope.divisions is None else sorted(scope.divisions)


def _readings_within(connection: duckdb.DuckDBPyConnection, divisions: list[str] | None) -> list[str] | None:
    """Readings all of whose members are among the divisions; None for all."""
    if divisions is None:
        return None
    rows = connection.execute(read_query_text("readings"), {"divisions": divisions}).fetchall()
    return [f"{scope_code}/{reading}" for scope_code, reading in rows]
