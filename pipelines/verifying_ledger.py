"""The ledger against itself: SQLite's own check, tables and triggers as they were made, seals and chains."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from pipelines import handling_ledger, ledger
from pipelines.findings import Finding
from pipelines.home import Home
from pipelines.seals import SEALS_SINCE, check_seals, sealed_in
from pipelines.sqlite_structure import damaged_pages, odd_structure, readable_text


def check_ledger(home: Home) -> tuple[int, list[Finding]]:
    """How many rows are under seal or in a chain, and what is wrong with the ledger.

    Raises:
        LedgerError: it cannot be read at all, or is of a newer program.
    """
    if not home.ledger.exists():
        is_lost = home.archive.exists() and any(home.archive.iterdir())
        lost = [Finding("ledger", home.ledger.name, "台账文件缺失，存档却在", "restore")]
        return 0, lost if is_lost else []
    name = home.ledger.name
    with closing(ledger.connect_for_reading(home.ledger)) as connection:
        connection.text_factory = readable_text
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            found = [Finding("ledger", name, told, "restore") for told in _structure(connection, version)]
            if version < SEALS_SINCE:
                told = f"台账是第 {version} 版，还没有封签；下次收件时自动升级"
                return 0, [*found, Finding("ledger", name, told, "none", False)]
            found += [
                Finding("ledger", f"{name}：{one.table} 第 {one.row} 行", one.told, "restore")
                for one in check_seals(connection, version)
            ]
            count = sum(_count(connection, table) for table in (*sealed_in(version), "handling_steps"))
        except sqlite3.DatabaseError as error:
            return 0, [Finding("ledger", name, f"台账文件已损坏：{error}", "restore")]
    return count, found + list(_chains(home))


def _chains(home: Home) -> Iterator[Finding]:
    try:
        for fault in handling_ledger.verify_chain(home):
            yield Finding("ledger", f"{home.ledger.name}：handling_steps 第 {fault.step_id} 行", fault.told, "restore")
    except (ledger.LedgerError, ValueError, TypeError) as error:
        yield Finding("ledger", home.ledger.name, f"办理记录读不出来：{error}", "restore")


def _structure(connection: sqlite3.Connection, version: int) -> Iterator[str]:
    """What SQLite says of the file, and how its tables and triggers differ from those that this program makes."""
    if version == ledger.SCHEMA_VERSION:
        return odd_structure(connection, ledger.make_tables)
    return damaged_pages(connection)


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
