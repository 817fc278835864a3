"""Is a SQLite file as this program makes it: SQLite's own check, references, and tables, indexes and triggers."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

_KINDS = {"table": "表", "index": "索引", "trigger": "触发器", "view": "视图"}


def readable_text(text: bytes) -> str:
    """For `text_factory`: a flipped bit can break a letter; it must be told, not break the check."""
    return text.decode("utf-8", errors="backslashreplace")


def damaged_pages(connection: sqlite3.Connection) -> Iterator[str]:
    """What SQLite itself says of the file, and rows that point at what is not there."""
    for (told,) in connection.execute("PRAGMA integrity_check(20)"):
        if told != "ok":
            yield f"SQLite 自检不过：{told}"
    for table, row, *_ in connection.execute("PRAGMA foreign_key_check"):
        yield f"{table} 第 {row} 行所指的记录不存在"


def odd_structure(connection: sqlite3.Connection, make_tables: Callable[[sqlite3.Connection], None]) -> Iterator[str]:
    """Damaged pages, and how tables, indexes and triggers differ from those that `make_tables` makes."""
    yield from damaged_pages(connection)
    with closing(sqlite3.connect(":memory:")) as other:
        make_tables(other)
        made = _schema(other)
    there = _schema(connection)
    for kind, name in made.keys() - there.keys():
        yield f"{_KINDS[kind]} {name} 不见了" + ("：可能被绕过程序改过" if kind == "trigger" else "")
    for kind, name in there.keys() - made.keys():
        yield f"多出 {_KINDS.get(kind, kind)} {name}，不是本程序所建"
    for kind, name in made.keys() & there.keys():
        if made[kind, name] != there[kind, name]:
            yield f"{_KINDS[kind]} {name} 与本程序所建的不同"


def _schema(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    return {(str(kind), str(name)): re.sub(r"\s+", " ", str(text)) for kind, name, text in rows}
