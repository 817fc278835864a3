"""Open a snapshot for reading, and make its tables explain themselves.

A snapshot is never written after it is published, so whoever reads it opens it read-only; and since what a reader
types may reach DuckDB, the connection can neither touch files, nor load extensions, nor undo either setting.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from data_contracts.divisions import COLUMN_TITLES
from data_contracts.errors import MendableError
from metrics.facts import load_facts
from metrics.policy_files import read_policy_document

_NOTES = Path(__file__).parent / "table_notes.yaml"
_NOTES_SCHEMA = Path(__file__).parent / "snapshot" / "table_notes"
_CONTRACT_NOTES = Path(__file__).parent / "snapshot" / "contract_notes.sql"

_READER: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",  # a misspelt table must not silently become a Python variable
    "lock_configuration": "true",
}


class SnapshotUnreadable(MendableError):
    """A snapshot that is not there or cannot be read; the text is Chinese and says what to do."""


def keep_within(memory_mb: int) -> None:
    """Let DuckDB keep no more of each snapshot in memory, nor a query take more, from now on in this process.

    By default it takes what it likes, which is most of the machine. It holds for the whole process since DuckDB opens
    a file twice only with the same settings.
    """
    _READER["memory_limit"] = f"{memory_mb}MB"


def open_snapshot(path: Path | str) -> duckdb.DuckDBPyConnection:
    """A read-only connection to a snapshot that can reach nothing else.

    Raises:
        SnapshotUnreadable: there is no such file, or it is not a database that this version can read.
    """
    path = Path(path)
    if not path.is_file():
        raise SnapshotUnreadable(f"没有快照文件 {path}：先运行 oversight build，或检查快照编号")
    try:
        connection = duckdb.connect(str(path), read_only=True, config=_READER)
        connection.execute("SELECT count(*) FROM duckdb_tables()")
    except duckdb.Error as error:
        cause = str(error).splitlines()[0]
        message = f"快照文件 {path} 打不开，可能已损坏：{cause}。请用 oversight build 重新生成"
        raise SnapshotUnreadable(message) from error
    return connection


def comment_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Put a Chinese note on every table and column: from contracts, the register of facts, and `table_notes.yaml`.

    What has no note stays without one; a note without its table or column is passed over (a test tells of both).
    """
    standing = {(str(table), str(column)) for table, column in connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal").fetchall()}
    tables = {table for table, _ in standing}
    notes = [f'COMMENT ON TABLE "{table}" IS {_quoted(note)}'
             for table, note in table_notes(connection).items() if table in tables]
    notes += [f'COMMENT ON COLUMN "{table}"."{column}" IS {_quoted(note)}'
              for (table, column), note in column_notes(connection).items() if (table, column) in standing]
    # one transaction: hundreds of notes, each written through to the disk by itself, took longer than all facts
    connection.execute(";\n".join(["BEGIN TRANSACTION", *notes, "COMMIT"]))


def table_notes(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Chinese note of each table."""
    notes = {str(table): str(entry["note"]) for table, entry in _notes()["tables"].items()}
    notes |= {fact.table: f"{fact.title}：{fact.row_meaning}" for fact in load_facts().facts.values()}
    filed = connection.execute("SELECT contract, title FROM contracts ORDER BY contract").fetchall()
    return notes | {str(contract): f"{title}：计数的报送所填各行" for contract, title in filed}


def column_notes(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """Chinese note of each (table, column)."""
    return dict(_column_notes(connection))


def _column_notes(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[tuple[str, str], str]]:
    written = _notes()
    for table, entry in written["tables"].items():
        for column, note in entry["columns"].items():
            yield (table, column), note
    for column, title in COLUMN_TITLES.items():
        yield ("divisions", column), title
    register = load_facts()
    for fact in register.facts.values():
        for column, title in {**register.common_columns, **fact.columns}.items():
            yield (fact.table, column), title
    for contract, column, note in connection.execute(_CONTRACT_NOTES.read_text(encoding="utf-8")).fetchall():
        yield (str(contract), str(column)), str(note)
    for (contract,) in connection.execute("SELECT contract FROM contracts").fetchall():
        for column, note in written["lineage"].items():
            yield (str(contract), column), note


def _notes() -> Mapping[str, Mapping]:
    content: Mapping[str, Mapping] = read_policy_document(_NOTES, str(_NOTES_SCHEMA)).content
    return content


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
