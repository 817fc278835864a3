"""The ledger against itself: SQLite's own check, tables and triggers as they were made, seals and chains."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

from pipelines import handling_ledger, ledger
from pipelines.findings import Finding
from pipelines.home import Home
from pipelines.seals import SEALED_TABLES, SEALS_SINCE, check_seals


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
        # A flipped byte can break a letter: it must be told, not break the check.
        connection.text_factory = lambda text: text.decode("utf-8", errors="backslashreplace")
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            found = [Finding("ledger", name, told, "restore") for told in _structure(connection, version)]
            if version < SEALS_SINCE:
                told = f"台账是第 {version} 版，还没有封签；下次收件时自动升级"
                return 0, [*found, Finding("ledger", name, told, "none", False)]
            found += [
                Finding("ledger", f"{name}：{one.table} 第 {one.row} 行", one.told, "restore")
                for one in check_seals(connection)
            ]
            count = sum(_count(connection, table) for table in (*SEALED_TABLES, "handling_steps"))
        except sqlite3.DatabaseError as error:
            return 0, [Finding("ledger", name, f"台账文件已损坏：{error}", "restore")]
    return count, found + list(_chains(home))


def _chains(home: Home) -> Iterator[Finding]:
    try:
        for fault in handling_ledger.verify_chain(home):
            yield Finding("ledger", f"{home.ledger.name}：handling_steps 第 {fault.step_id} 行", fault.told, "restore")
    except (ledger.LedgerError, ValueError) as error:
        yield Finding("ledger", home.ledger.name, f"办理记录读不出来：{error}", "restore")


def _structure(connection: sqlite3.Connection, version: int) -> Iterator[str]:
    """What SQLite says of the file, and how its tables and triggers differ from those that this program makes."""
    for (told,) in connection.execute("PRAGMA integrity_check(20)"):
        if told != "ok":
            yield f"SQLite 自检不过：{told}"
    for table, row, *_ in connection.execute("PRAGMA foreign_key_check"):
        yield f"{table} 第 {row} 行所指的记录不存在"
    if version != ledger.SCHEMA_VERSION:
        return
    made, there = _made(), _schema(connection)
    for kind, name in made.keys() - there.keys():
        yield f"{_KINDS[kind]} {name} 不见了" + ("：台账可能被绕过程序改过" if kind == "trigger" else "")
    for kind, name in there.keys() - made.keys():
        yield f"多出 {_KINDS.get(kind, kind)} {name}，不是本程序所建"
    for kind, name in made.keys() & there.keys():
        if made[kind, name] != there[kind, name]:
            yield f"{_KINDS[kind]} {name} 与本程序所建的不同"


_KINDS = {"table": "表", "index": "索引", "trigger": "触发器", "view": "视图"}


def _schema(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    return {(str(kind), str(name)): re.sub(r"\s+", " ", str(text)) for kind, name, text in rows}


def _made() -> dict[tuple[str, str], str]:
    """Tables, indexes and triggers as this program makes them."""
    with closing(sqlite3.connect(":memory:")) as connection:
        ledger.make_tables(connection)
        return _schema(connection)


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
