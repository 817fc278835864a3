"""Papers in the ledger: the next number of a kind and year, and one row for each that is drafted or signed."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.home import Home
from pipelines.ledger import connect_ledger
from pipelines.seals import last_rows, seal_added

_COLUMNS = ("at", "action", "kind", "year", "number", "paper_no", "source", "division_code", "actor", "snapshot_id",
            "sha256", "fields")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """One paper drafted or signed. `source`: what it was filled from, as `warning:W-…`; `actor`: a post, no person."""

    at: datetime
    action: str
    kind: str
    year: int
    number: int
    paper_no: str
    source: str
    division_code: str
    actor: str
    snapshot_id: str | None
    sha256: str
    fields: Mapping[str, Any]


@contextmanager
def numbering(home: Home) -> Iterator[sqlite3.Connection]:
    """Hold the ledger while a number is taken, the paper is written and entered; undone in whole if one of it fails."""
    connection = connect_ledger(home.ledger)
    try:
        connection.execute("BEGIN IMMEDIATE")
        before = last_rows(connection)
        yield connection
        seal_added(connection, before)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.close()


def next_number(connection: sqlite3.Connection, kind: str, year: int) -> int:
    """The number after the last of a kind in a year."""
    row = connection.execute("SELECT max(number) FROM productions WHERE kind = ? AND year = ?", (kind, year)).fetchone()
    return int(row[0] or 0) + 1


def record_production(connection: sqlite3.Connection, production: Production) -> None:
    """Enter one production; the only place that does."""
    values = {name: getattr(production, name) for name in _COLUMNS}
    values["at"] = production.at.isoformat(sep=" ", timespec="seconds")
    values["fields"] = json.dumps(production.fields, ensure_ascii=False, sort_keys=True)
    marks = ", ".join("?" * len(_COLUMNS))
    connection.execute(f"INSERT INTO productions ({', '.join(_COLUMNS)}) VALUES ({marks})", tuple(values.values()))


def productions_of(connection: sqlite3.Connection, paper_no: str | None = None) -> list[Production]:
    """Productions in the order in which they were entered; of one paper if its number is given."""
    query = f"SELECT {', '.join(_COLUMNS)} FROM productions WHERE ? IS NULL OR paper_no = ? ORDER BY production_id"
    rows = connection.execute(query, (paper_no, paper_no)).fetchall()
    return [_production(dict(zip(_COLUMNS, row, strict=True))) for row in rows]


def _production(values: dict[str, Any]) -> Production:
    return Production(**{**values, "at": datetime.fromisoformat(values["at"]), "fields": json.loads(values["fields"])})
