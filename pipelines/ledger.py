"""The ledger: one SQLite file (WAL) that says what came, when, and what became of it.

Filings and faults are only ever added. A batch is one transaction: after a crash it is there in whole or not at all.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import pandas as pd

from pipelines.faults import Fault, IntakeError
from pipelines.home import Home

Status = Literal["accepted", "accepted_with_queries", "returned", "refused"]
STATUS_TITLES: dict[Status, str] = {
    "accepted": "接收",
    "accepted_with_queries": "接收（有核实说明）",
    "returned": "退回",
    "refused": "拒收",
}
ACCEPTED: tuple[Status, ...] = ("accepted", "accepted_with_queries")
SCHEMA_VERSION = 1

_TABLES = """
CREATE TABLE IF NOT EXISTS filings (
    filing_id TEXT PRIMARY KEY, receipt_no TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL, file_name TEXT NOT NULL,
    contract TEXT, contract_version TEXT, division_code TEXT, period TEXT, received_at TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('accepted', 'accepted_with_queries', 'returned', 'refused')),
    attempt INTEGER, is_nil INTEGER NOT NULL, row_count INTEGER NOT NULL, query_count INTEGER NOT NULL,
    explained_count INTEGER NOT NULL, sheet TEXT, refusal_code TEXT, refusal_message TEXT, is_simulated INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS filings_by_hash ON filings (sha256);
CREATE INDEX IF NOT EXISTS filings_by_place ON filings (contract, division_code, period);
CREATE TABLE IF NOT EXISTS faults (
    filing_id TEXT NOT NULL REFERENCES filings (filing_id), check_id TEXT NOT NULL, strength TEXT NOT NULL, sheet TEXT,
    row INTEGER, column_name TEXT, cell TEXT, value TEXT, message TEXT NOT NULL, remedy TEXT NOT NULL, article INTEGER,
    is_explained INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS faults_by_filing ON faults (filing_id);
"""


class LedgerError(IntakeError):
    """The ledger cannot be used; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingRecord:
    """One row of `filings`. `attempt` is null for a refused file: it never became a filing."""

    filing_id: str
    receipt_no: str
    sha256: str
    file_name: str
    contract: str | None = None
    contract_version: str | None = None
    division_code: str | None = None
    period: str | None = None
    received_at: datetime
    status: Status
    attempt: int | None = None
    is_nil: bool = False
    row_count: int = 0
    query_count: int = 0
    explained_count: int = 0
    sheet: str | None = None
    refusal_code: str | None = None
    refusal_message: str | None = None
    is_simulated: bool = False


_COLUMNS = tuple(field.name for field in fields(FilingRecord))
_FAULT_COLUMNS = tuple(field.name for field in fields(Fault))


class Ledger:
    """One connection to the ledger. Open it with :func:`open_ledger`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, filings: Sequence[FilingRecord], faults: Iterable[Fault]) -> None:
        """Add filings and their faults in one transaction."""
        marks = ", ".join("?" * len(_COLUMNS))
        fault_marks = ", ".join("?" * len(_FAULT_COLUMNS))
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(f"INSERT INTO filings VALUES ({marks})", map(_filing_row, filings))
            self._connection.executemany(f"INSERT INTO faults VALUES ({fault_marks})", map(astuple, faults))

    def newest_by_hash(self, hashes: Sequence[str]) -> dict[str, FilingRecord]:
        """The newest record of each file (by SHA-256) that is known."""
        return {record.sha256: record for record in self._select_in("sha256", hashes)}

    def faults_of(self, filing_ids: Sequence[str]) -> dict[str, list[Fault]]:
        """Faults by filing, in the order in which they were found."""
        found: dict[str, list[Fault]] = {filing_id: [] for filing_id in filing_ids}
        for part in _parts(filing_ids):
            marks = ", ".join("?" * len(part))
            query = f"SELECT * FROM faults WHERE filing_id IN ({marks}) ORDER BY rowid"
            for row in self._connection.execute(query, part):
                found[row[0]].append(replace(Fault(*row), is_explained=bool(row[-1])))
        return found

    def attempts(self) -> dict[tuple[str, str, str], int]:
        """How many filings (returned or accepted) there are of each (contract, division, period)."""
        rows = self._connection.execute(
            "SELECT contract, division_code, period, max(attempt) FROM filings "
            "WHERE status <> 'refused' GROUP BY 1, 2, 3"
        )
        return {(row[0], row[1], row[2]): row[3] for row in rows}

    def last_numbers(self) -> dict[int, int]:
        """The last receipt number given in each year."""
        rows = self._connection.execute(
            "SELECT CAST(substr(receipt_no, 4, 4) AS INTEGER), max(CAST(substr(receipt_no, 9) AS INTEGER)) "
            "FROM filings GROUP BY 1"
        )
        return dict(rows.fetchall())

    def ids(self) -> set[str]:
        """Every filing id."""
        return {row[0] for row in self._connection.execute("SELECT filing_id FROM filings")}

    def records(self, statuses: Sequence[Status]) -> list[FilingRecord]:
        """Records with one of the statuses, in the order of receipt."""
        return list(self._select_in("status", statuses))

    def _select_in(self, column: str, values: Sequence[str]) -> Iterator[FilingRecord]:
        for part in _parts(values):
            marks = ", ".join("?" * len(part))
            query = f"SELECT * FROM filings WHERE {column} IN ({marks}) ORDER BY received_at, receipt_no"
            for row in self._connection.execute(query, part):
                yield _record(row)


def _parts(values: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def _filing_row(record: FilingRecord) -> tuple:
    values = {name: getattr(record, name) for name in _COLUMNS}
    return tuple({**values, "received_at": record.received_at.isoformat(sep=" ", timespec="seconds")}.values())


def _record(row: Sequence) -> FilingRecord:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["received_at"] = datetime.fromisoformat(values["received_at"])
    for name in ("is_nil", "is_simulated"):
        values[name] = bool(values[name])
    return FilingRecord(**values)


def receipt_number(year: int, number: int) -> str:
    """Receipt number as printed: (2026, 1) → `HZ-2026-000001`."""
    return f"HZ-{year}-{number:06d}"


@contextmanager
def open_ledger(path: Path) -> Iterator[Ledger]:
    """Open the ledger for writing, made if it is not there.

    Raises:
        LedgerError: the file is no ledger, or of a newer program.
    """
    connection = _connect(path)
    try:
        yield Ledger(connection)
    finally:
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise LedgerError(f"{path}：台账由更新版本的程序写成（第 {version} 版），请升级本程序")
        connection.executescript(_TABLES)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise LedgerError(f"{path}：不是可用的台账文件（{error}）；请从备份恢复") from error
    except LedgerError:
        connection.close()
        raise
    return connection


def read_filings(home: Home) -> pd.DataFrame:
    """All filings as a frame, in order of receipt: columns as in the table, `received_at` datetime64, flags bool.

    `attempt` is Int64 with nulls. Empty if there is no ledger yet.
    """
    frame = _read_table(
        home.ledger, f"SELECT {', '.join(_COLUMNS)} FROM filings ORDER BY received_at, receipt_no", _COLUMNS
    )
    frame["received_at"] = pd.to_datetime(frame["received_at"]).astype("datetime64[us]")
    counts = {
        name: "Int64" if name == "attempt" else "int64"
        for name in ("attempt", "row_count", "query_count", "explained_count")
    }
    texts = {name: "str" for name in _COLUMNS if name not in (*counts, "received_at", "is_nil", "is_simulated")}
    return frame.astype({**texts, **counts, "is_nil": "bool", "is_simulated": "bool"})


def read_faults(home: Home) -> pd.DataFrame:
    """All faults as a frame, in the order in which they were found; `row` and `article` are Int64 with nulls."""
    frame = _read_table(home.ledger, f"SELECT {', '.join(_FAULT_COLUMNS)} FROM faults ORDER BY rowid", _FAULT_COLUMNS)
    texts = {name: "str" for name in _FAULT_COLUMNS if name not in ("row", "article", "is_explained")}
    return frame.astype({**texts, "row": "Int64", "article": "Int64", "is_explained": "bool"})


def count_by_status(home: Home) -> dict[str, int]:
    """How many filings there are of each status; a status nobody has is left out."""
    return {str(status): int(count) for status, count in read_filings(home)["status"].value_counts().items()}


def _read_table(path: Path, query: str, columns: Sequence[str]) -> pd.DataFrame:
    if not path.exists():
        return pd.DataFrame({name: [] for name in columns})
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
    try:
        return pd.DataFrame.from_records(connection.execute(query).fetchall(), columns=list(columns))
    except sqlite3.DatabaseError as error:
        raise LedgerError(f"{path}：不是可用的台账文件（{error}）；请从备份恢复") from error
    finally:
        connection.close()


def counting_filings(filings: pd.DataFrame) -> pd.DataFrame:
    """Of each (contract, division, period) the one filing that counts: the accepted one received last."""
    accepted = filings[filings["status"].isin(ACCEPTED)].sort_values(["received_at", "receipt_no"], kind="stable")
    return accepted.drop_duplicates(["contract", "division_code", "period"], keep="last").reset_index(drop=True)
