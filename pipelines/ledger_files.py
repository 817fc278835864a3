"""The file of the ledger: opened for writing or reading, copied, and brought up from an earlier version."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from pipelines.faults import IntakeError
from pipelines.machine_faults import ledger_trouble
from pipelines.seals import SEALED_TABLES, last_rows, seal_added, sealed_in

SCHEMA_VERSION = 5
# How long a writer waits for another; an intake holds the ledger for well under a second at a time.
LOCK_SECONDS = 30
_SQL = Path(__file__).parent
_SCRIPTS = ("ledger_tables", "ledger_from_1_to_2", "handling_tables", "seal_tables", "production_tables")


class LedgerError(IntakeError):
    """The ledger cannot be used; the text says why, in Chinese."""


def connect_ledger(path: Path) -> sqlite3.Connection:
    """A connection for writing, the tables made or brought up; the caller closes it. See :func:`open_ledger`."""
    connection = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise _too_new(path, version)
        if version < SCHEMA_VERSION:
            _bring_up(connection, path, version)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise unusable(path, error) from error
    except LedgerError:
        connection.close()
        raise
    return connection


def _bring_up(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Make the tables, and carry over what an older program wrote, in one transaction; twice does no harm."""
    if version:
        _keep_earlier(path, version)
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        kept = last_rows(connection, sealed_in(version))
        make_tables(connection)
        # What an older program wrote is sealed as it is found; of an altered row from before nobody can tell. A table
        # that was under seal already is left alone: what was added to it by hand must not be sealed now.
        seal_added(connection, {**_sealed_so_far(connection), **kept})
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def earlier_path(path: Path, version: int) -> Path:
    """Where the ledger of an earlier version is kept when it is brought up: `earlier/ledger-v3.sqlite` beside it."""
    return path.parent / "earlier" / f"{path.stem}-v{version}{path.suffix}"


def _keep_earlier(path: Path, version: int) -> None:
    """Copy a ledger before it is brought up; without a copy it stays as it is."""
    kept = earlier_path(path, version)
    temporary = kept.with_name(f".{kept.name}.{os.getpid()}.tmp")
    try:
        kept.parent.mkdir(exist_ok=True)
        copy_ledger(path, temporary)
        temporary.replace(kept)
    except (OSError, LedgerError) as error:
        with suppress(OSError):
            temporary.unlink()
        raise LedgerError(
            f"{path}：台账是第 {version} 版，升级到第 {SCHEMA_VERSION} 版之前要先留一份原样的副本，但 {kept} 写不了"
            f"（{error}）；没有升级，台账仍是原样，请处理后再试"
        ) from error


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables, indexes and triggers that are missing, within the caller's transaction."""
    for name in _SCRIPTS:
        for statement in _statements((_SQL / f"{name}.sql").read_text(encoding="utf-8")):
            connection.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: `executescript` would commit what is open."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _sealed_so_far(connection: sqlite3.Connection) -> dict[str, int]:
    """Last sealed row of each table: all 0, unless another process was quicker with the same upgrade."""
    found = dict(connection.execute("SELECT table_name, max(last_row) FROM seals GROUP BY 1").fetchall())
    return {table: found.get(table, 0) for table in SEALED_TABLES}


def connect_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; works on a disk that is mounted read-only too. The caller closes it.

    Raises:
        LedgerError: the file is no ledger, or of a newer program.
    """
    connection = _connect_read_only(path, "mode=ro")
    try:
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.OperationalError:
            # In WAL mode a reader too writes beside the file. Where it may not, nobody else writes there either.
            if path.with_name(f"{path.name}-wal").exists() and path.with_name(f"{path.name}-wal").stat().st_size:
                raise
            connection.close()
            connection = _connect_read_only(path, "immutable=1")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        connection.close()
        raise unusable(path, error) from error
    if version > SCHEMA_VERSION:
        connection.close()
        raise _too_new(path, version)
    return connection


def copy_ledger(source: Path, target: Path) -> None:
    """A whole copy of the ledger as it is at one moment, while others write to it; one file, no log beside it.

    Raises:
        LedgerError: the source is no ledger, or the copy cannot be written.
    """
    with closing(connect_for_reading(source)) as reading, closing(sqlite3.connect(target)) as writing:
        try:
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.DatabaseError as error:
            raise unusable(target, error) from error


def _connect_read_only(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, timeout=LOCK_SECONDS)


def unusable(path: Path, error: sqlite3.DatabaseError) -> LedgerError:
    """What an error of SQLite means for whoever has to mend it."""
    return LedgerError(f"{path}：{ledger_trouble(error)}")


def _too_new(path: Path, version: int) -> LedgerError:
    return LedgerError(f"{path}：台账由更新版本的程序写成（第 {version} 版），请升级本程序")
