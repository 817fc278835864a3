"""The ledger: one SQLite file (WAL) that says what came, what became of it, and everything that happened since.

Filings, faults and events are only ever added; the file itself refuses anything else. A batch is one transaction:
after a crash it is there in whole or not at all.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import pandas as pd

from pipelines.events import Event, EventKind, Place
from pipelines.faults import Fault
from pipelines.home import Home
from pipelines.ledger_files import SCHEMA_VERSION as SCHEMA_VERSION
from pipelines.ledger_files import LedgerError as LedgerError
from pipelines.ledger_files import connect_for_reading as connect_for_reading
from pipelines.ledger_files import connect_ledger as connect_ledger
from pipelines.ledger_files import copy_ledger as copy_ledger
from pipelines.ledger_files import earlier_path as earlier_path
from pipelines.ledger_files import make_tables as make_tables
from pipelines.ledger_files import unusable
from pipelines.seals import SEALS_SINCE, last_rows, seal_added

Status = Literal["accepted", "accepted_with_queries", "returned", "refused"]
STATUS_TITLES: dict[Status, str] = {
    "accepted": "接收",
    "accepted_with_queries": "接收（有核实说明）",
    "returned": "退回",
    "refused": "拒收",
}
ACCEPTED: tuple[Status, ...] = ("accepted", "accepted_with_queries")
# The version that brought a table: a ledger not opened for writing since, or in the making, does not have it.
_TABLES_SINCE = {"filings": 1, "faults": 1, "events": 2, "handling_steps": 3, "seals": SEALS_SINCE, "productions": 5}

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
EVENT_COLUMNS = (
    "event_id", "at", "kind", "actor", "reason", "filing_id", "contract", "division_code", "period", "detail",
)  # fmt: skip


class Ledger:
    """One connection to the ledger. Open it with :func:`open_ledger`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(
        self, filings: Sequence[FilingRecord], faults: Iterable[Fault] = (), events: Iterable[Event] = ()
    ) -> None:
        """Add filings, their faults and what happened, in one transaction."""
        marks = ", ".join("?" * len(_COLUMNS))
        fault_marks = ", ".join("?" * len(_FAULT_COLUMNS))
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            before = last_rows(self._connection)
            self._connection.executemany(f"INSERT INTO filings VALUES ({marks})", map(_filing_row, filings))
            self._connection.executemany(f"INSERT INTO faults VALUES ({fault_marks})", map(astuple, faults))
            now = _time_text(datetime.now())
            self._connection.executemany(
                "INSERT INTO events (at, kind, actor, reason, filing_id, contract, division_code, period, detail, "
                "recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((*_event_row(event), now) for event in events),
            )
            seal_added(self._connection, before)

    def events(self, kinds: Sequence[EventKind] | None = None) -> list[Event]:
        """Events of the kinds (all if None), in the order in which they were entered."""
        query = f"SELECT {', '.join(EVENT_COLUMNS)} FROM events"
        if kinds is not None:
            query += f" WHERE kind IN ({', '.join('?' * len(kinds))})"
        return [_event(row) for row in self._connection.execute(f"{query} ORDER BY event_id", tuple(kinds or ()))]

    def withdrawn_ids(self) -> set[str]:
        """Filings that were withdrawn."""
        return {row[0] for row in self._connection.execute("SELECT filing_id FROM events WHERE kind = 'withdrawn'")}

    def by_receipt(self, receipt_no: str) -> FilingRecord | None:
        """The filing with a receipt number."""
        return next(self._select_in("receipt_no", [receipt_no]), None)

    def at_place(self, place: Place) -> list[FilingRecord]:
        """Filings of one (contract, division, period), in the order of receipt; refused ones left out."""
        query = (
            f"SELECT {', '.join(_COLUMNS)} FROM filings WHERE contract = ? AND division_code = ? AND period = ? "
            "AND status <> 'refused' ORDER BY received_at, receipt_no"
        )
        return [_record(row) for row in self._connection.execute(query, place)]

    def newest_by_hash(self, hashes: Sequence[str]) -> dict[str, FilingRecord]:
        """The newest record of each file (by SHA-256) that is known."""
        return {record.sha256: record for record in self._select_in("sha256", hashes)}

    def newest_by_part(self, hashes: Sequence[str]) -> dict[str, dict[int, FilingRecord]]:
        """The newest record of each file (by SHA-256) that is known, and of each further sheet that was a filing."""
        found: dict[str, dict[int, FilingRecord]] = {}
        for record in self._select_in("sha256", hashes):
            part = int(record.filing_id.partition("-")[0].partition(".")[2] or 1)
            found.setdefault(record.sha256, {})[part] = record
        return found

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

    def places(self, statuses: Sequence[Status]) -> dict[tuple[str, str], set[str]]:
        """Ids of the filings with one of the statuses, by (contract, period), in the order of their first receipt."""
        marks = ", ".join("?" * len(statuses))
        query = f"SELECT contract, period, filing_id FROM filings WHERE status IN ({marks}) ORDER BY received_at"
        found: dict[tuple[str, str], set[str]] = {}
        for contract, period, filing_id in self._connection.execute(query, statuses):
            found.setdefault((contract, period), set()).add(filing_id)
        return found

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
    return tuple({**values, "received_at": _time_text(record.received_at)}.values())


def _time_text(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")


def _event_row(event: Event) -> tuple:
    detail = json.dumps(event.detail, ensure_ascii=False, sort_keys=True)
    place = (event.filing_id, event.contract, event.division_code, event.period)
    return (_time_text(event.at), event.kind, event.actor, event.reason, *place, detail)


def _event(row: Sequence) -> Event:
    values = dict(zip(EVENT_COLUMNS, row, strict=True))
    return Event(**{**values, "at": datetime.fromisoformat(values["at"]), "detail": json.loads(values["detail"])})


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
    connection = connect_ledger(path)
    try:
        yield Ledger(connection)
    finally:
        connection.close()


def read_filings(home: Home, *, as_of: datetime | None = None) -> pd.DataFrame:
    """All filings as a frame, in order of receipt: columns as in the table, `received_at` datetime64, flags bool.

    `withdrawn_at` (datetime64, null where it stands) comes from the events. `attempt` is Int64 with nulls. Empty if
    there is no ledger yet.

    Args:
        as_of: only what was known then: filings received, and withdrawals made, up to this moment.
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
    frame = frame.astype({**texts, **counts, "is_nil": "bool", "is_simulated": "bool"})
    withdrawn = read_events(home, kinds=("withdrawn",), as_of=as_of).set_index("filing_id")["at"]
    frame["withdrawn_at"] = withdrawn.reindex(frame["filing_id"]).to_numpy(dtype="datetime64[us]")
    return frame if as_of is None else frame[frame["received_at"] <= as_of].reset_index(drop=True)


def read_events(
    home: Home, *, kinds: Sequence[EventKind] | None = None, as_of: datetime | None = None
) -> pd.DataFrame:
    """Events as a frame, in the order in which they were entered: `at` datetime64, `detail` JSON text.

    Args:
        kinds: only these; all if None.
        as_of: only what had happened by this moment.
    """
    query = f"SELECT {', '.join(EVENT_COLUMNS)} FROM events"
    if kinds is not None:
        query += f" WHERE kind IN ({', '.join(repr(kind) for kind in kinds)})"
    frame = _read_table(home.ledger, f"{query} ORDER BY event_id", EVENT_COLUMNS)
    frame["at"] = pd.to_datetime(frame["at"]).astype("datetime64[us]")
    texts = {name: "str" for name in EVENT_COLUMNS if name not in ("event_id", "at")}
    frame = frame.astype({**texts, "event_id": "int64"})
    return frame if as_of is None else frame[frame["at"] <= as_of].reset_index(drop=True)


def read_faults(home: Home) -> pd.DataFrame:
    """All faults as a frame, in the order in which they were found; `row` and `article` are Int64 with nulls."""
    frame = _read_table(home.ledger, f"SELECT {', '.join(_FAULT_COLUMNS)} FROM faults ORDER BY rowid", _FAULT_COLUMNS)
    texts = {name: "str" for name in _FAULT_COLUMNS if name not in ("row", "article", "is_explained")}
    return frame.astype({**texts, "row": "Int64", "article": "Int64", "is_explained": "bool"})


def find_outcome(home: Home, sha256: str) -> list[tuple[FilingRecord, list[Fault]]]:
    """What became of one file, by its SHA-256: a record for each filing in it, newest last, with its faults.

    Raises:
        ValueError: no SHA-256.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError(f"{sha256} is no SHA-256")
    names = ", ".join(_COLUMNS)
    rows = read_rows(home.ledger, f"SELECT {names} FROM filings WHERE sha256 = '{sha256}' ORDER BY received_at")
    found = [(_record(row), list[Fault]()) for row in rows]
    faults = read_rows(
        home.ledger,
        f"SELECT {', '.join(_FAULT_COLUMNS)} FROM faults WHERE filing_id IN"
        f" (SELECT filing_id FROM filings WHERE sha256 = '{sha256}') ORDER BY rowid",
    )
    for row in faults:
        fault = replace(Fault(*row), is_explained=bool(row[-1]))
        for record, own in found:
            if record.filing_id == fault.filing_id:
                own.append(fault)
    return found


def find_by_receipt(home: Home, receipt_no: str) -> FilingRecord | None:
    """The record of a receipt; None where there is none, or the number is not written as one."""
    if not re.fullmatch(r"HZ-\d{4}-\d{6,}", receipt_no):
        return None
    rows = read_rows(home.ledger, f"SELECT {', '.join(_COLUMNS)} FROM filings WHERE receipt_no = '{receipt_no}'")
    return _record(rows[0]) if rows else None


def count_by_status(home: Home) -> dict[str, int]:
    """How many filings there are of each status; a status nobody has is left out."""
    return {str(status): int(count) for status, count in read_filings(home)["status"].value_counts().items()}


def _read_table(path: Path, query: str, columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame.from_records(read_rows(path, query), columns=list(columns))


def read_rows(path: Path, query: str) -> list[tuple]:
    """What a query finds in the ledger, read-only; nothing where there is no ledger, or not yet such a table.

    Raises:
        LedgerError: the file is no ledger.
    """
    if not path.exists():
        return []
    connection = connect_for_reading(path)
    try:
        # Written by an older program and not opened since, it lacks some tables; the next writer brings it up.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if any(f"FROM {table}" in query and version < since for table, since in _TABLES_SINCE.items()):
            return []
        return connection.execute(query).fetchall()
    except sqlite3.DatabaseError as error:
        raise unusable(path, error) from error
    finally:
        connection.close()


def read_seal_head(home: Home) -> str:
    """The head of the seals as `number:hash`; empty where the ledger has none yet."""
    rows = read_rows(home.ledger, "SELECT seal_id, hash FROM seals ORDER BY seal_id DESC LIMIT 1")
    return "{}:{}".format(*rows[0]) if rows else ""


def counting_filings(filings: pd.DataFrame) -> pd.DataFrame:
    """Of each (contract, division, period) the one filing that counts: the accepted, not withdrawn, received last."""
    stands = filings["status"].isin(ACCEPTED) & filings["withdrawn_at"].isna()
    accepted = filings[stands].sort_values(["received_at", "receipt_no"], kind="stable")
    return accepted.drop_duplicates(["contract", "division_code", "period"], keep="last").reset_index(drop=True)
