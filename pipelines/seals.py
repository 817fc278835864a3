"""Seals on the rows of the ledger: written in the transaction that adds them, checked by `oversight verify`.

Filings, faults, events and papers have no room for a hash of their own; a seal stands for some of them, and the seals
are one chain. What was sealed and is altered afterwards, by hand or by a disk, no longer fits.
"""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.hash_chain import broken_rows, linked

# Each table under seal, and the version of the ledger from which on it is.
SEALED_SINCE = {"filings": 4, "faults": 4, "events": 4, "productions": 5}
SEALED_TABLES = tuple(SEALED_SINCE)
SEALS_SINCE = 4  # version of the ledger that brought the seals
# A seal with more rows is split: its checks are one text, and a text of megabytes is no good in a row.
ROWS_PER_SEAL = 500
_COLUMNS = (
    "seal_id", "table_name", "first_row", "last_row", "row_checks", "content_sha256", "recorded_at", "previous_hash",
    "hash",
)  # fmt: skip
_CHECK_DIGITS = 8


@dataclass(frozen=True)
class SealFault:
    """Something in the sealed tables that is not as it was written; `told` says what, in Chinese."""

    table: str
    row: int
    told: str


def sealed_in(version: int) -> tuple[str, ...]:
    """The tables that are under seal in a ledger of a version."""
    return tuple(table for table, since in SEALED_SINCE.items() if since <= version)


def last_rows(connection: sqlite3.Connection, tables: Sequence[str] = SEALED_TABLES) -> dict[str, int]:
    """The last row of each sealed table; ask inside the transaction, before anything is added."""
    queries = {table: f"SELECT coalesce(max(rowid), 0) FROM {table}" for table in tables}
    return {table: connection.execute(query).fetchone()[0] for table, query in queries.items()}


def seal_added(connection: sqlite3.Connection, before: Mapping[str, int]) -> None:
    """Seal what this transaction added: the rows after `before`, and no others, whoever may have added those."""
    now = datetime.now().isoformat(sep=" ", timespec="seconds")
    last = connection.execute("SELECT seal_id, hash FROM seals ORDER BY seal_id DESC LIMIT 1").fetchone()
    for table in SEALED_TABLES:
        rows = list(_written_rows(connection, table, before[table]))
        for start in range(0, len(rows), ROWS_PER_SEAL):
            part = rows[start : start + ROWS_PER_SEAL]
            seal = linked(_seal(table, part, now), "seal_id", last)
            last = (seal["seal_id"], seal["hash"])
            connection.execute(f"INSERT INTO seals VALUES ({', '.join('?' * len(_COLUMNS))})",
                               [seal[name] for name in _COLUMNS])  # fmt: skip


def _seal(table: str, rows: Sequence[tuple[int, str]], now: str) -> dict[str, Any]:
    return {"table_name": table, "first_row": rows[0][0], "last_row": rows[-1][0], "row_checks": _checks(rows),
            "content_sha256": _digest(rows), "recorded_at": now}  # fmt: skip


def check_seals(connection: sqlite3.Connection, version: int) -> Iterator[SealFault]:
    """What in the seals and in the rows under them is not as it was written, in a ledger of a version."""
    rows = connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM seals ORDER BY seal_id")
    seals = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    for seal, told in broken_rows(seals, "seal_id"):
        yield SealFault("seals", seal["seal_id"], f"第 {seal['seal_id']} 号封签{told}")
    for table in sealed_in(version):
        yield from _check_table(connection, table, [seal for seal in seals if seal["table_name"] == table])
    for seal in seals:
        if seal["table_name"] not in SEALED_TABLES:
            told = f"第 {seal['seal_id']} 号封签所封的表“{seal['table_name']}”不存在"
            yield SealFault("seals", seal["seal_id"], told)


def _check_table(connection: sqlite3.Connection, table: str, seals: Sequence[Mapping[str, Any]]) -> Iterator[SealFault]:
    written = dict(_written_rows(connection, table, None))
    for seal in seals:
        yield from _check_seal(table, seal, written)
    sealed = {row for seal in seals for row in range(seal["first_row"], seal["last_row"] + 1)}
    if loose := sorted(written.keys() - sealed):
        told = f"{table} 有 {len(loose)} 行（自第 {loose[0]} 行）没有封签，是绕过程序加进去的"
        yield SealFault(table, loose[0], told)


def _check_seal(table: str, seal: Mapping[str, Any], written: Mapping[int, str]) -> Iterator[SealFault]:
    numbers = range(seal["first_row"], seal["last_row"] + 1)
    checks = str(seal["row_checks"])
    part, is_whole = [], True
    for place, number in enumerate(numbers):
        if number not in written:
            is_whole = False
            yield SealFault(table, number, f"{table} 第 {number} 行不见了")
            continue
        part.append((number, written[number]))
        if _check(written[number]) != checks[place * _CHECK_DIGITS : (place + 1) * _CHECK_DIGITS]:
            is_whole = False
            yield SealFault(table, number, f"{table} 第 {number} 行入账后被改动过：{_shortened(written[number])}")
    if is_whole and _digest(part) != seal["content_sha256"]:
        told = f"{table} 第 {numbers.start} 至 {numbers.stop - 1} 行与第 {seal['seal_id']} 号封签不符"
        yield SealFault(table, numbers.start, told)


def _written_rows(connection: sqlite3.Connection, table: str, after: int | None) -> Iterator[tuple[int, str]]:
    """Row number and content as JSON; empty values left out, so that a column added later breaks nothing."""
    # After None: every row, also one whose number was altered to something below 1.
    bound = "" if after is None else f" WHERE rowid > {after}"
    cursor = connection.execute(f"SELECT rowid, * FROM {table}{bound} ORDER BY rowid")
    names = [one[0] for one in cursor.description[1:]]
    for number, *values in cursor:
        content = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        yield number, json.dumps(content, ensure_ascii=False, default=repr)  # a flipped bit can make bytes of a text


def _check(line: str) -> str:
    return f"{zlib.crc32(line.encode()):08x}"


def _checks(rows: Sequence[tuple[int, str]]) -> str:
    return "".join(_check(line) for _, line in rows)


def _digest(rows: Sequence[tuple[int, str]]) -> str:
    return hashlib.sha256("\n".join(f"{number} {line}" for number, line in rows).encode()).hexdigest()


def _shortened(line: str, longest: int = 160) -> str:
    return line if len(line) <= longest else f"{line[:longest]}…"
