"""The published snapshot against a rebuild from what it was built from, table by table.

The rebuild stands in a folder of its own: the archive is shared, the ledger is a copy cut back to the seal that the
snapshot names. So filings that came since make no difference, and the home is not touched.
"""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import duckdb

from data_contracts.errors import MendableError
from pipelines import snapshots
from pipelines.building import build
from pipelines.findings import Finding
from pipelines.home import Home
from pipelines.ledger import copy_ledger
from pipelines.seals import sealed_in

Progress = Callable[[str, int, int], None]
# What two builds of the same filings need not share.
_OWN_META = ("snapshot_id", "built_at", "made_by", "went_on_from", "open_from")
_TABLES = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'published' ORDER BY 1"


def check_rebuild(
    home: Home, scratch: Path | None = None, progress: Progress | None = None
) -> tuple[int, list[Finding]]:
    """How many tables were compared, and those that differ."""
    current = snapshots.current_snapshot_id(home)
    if not current:
        return 0, [Finding("rebuild", home.snapshots.name, "还没有发布的快照，无可比对", "none", False)]
    place = f"{home.snapshots.name}/{current}.duckdb"
    try:
        path = snapshots.snapshot_path(home, current)
        with tempfile.TemporaryDirectory(prefix="oversight-rebuild-", dir=scratch) as folder:
            meta = _read_meta(path)
            if not meta.get("ledger_seal"):
                told = "由旧版本的程序计算，没有记下当时的台账，不能重算比对；再计算一次即可"
                return 0, [Finding("rebuild", place, told, "build", False)]
            other = _rebuild(home, Path(folder), meta, progress)
            return _compare(path, other, place, meta["inputs_hash"] == _read_meta(other)["inputs_hash"])
    except (MendableError, duckdb.Error) as error:
        return 0, [Finding("rebuild", place, f"重算不了：{str(error).splitlines()[0]}", "build")]


def _rebuild(home: Home, folder: Path, meta: dict[str, str], progress: Progress | None) -> Path:
    """The same month built again from the archive and the ledger of then."""
    replica = Home(folder).create()
    replica.archive.rmdir()
    replica.archive.symlink_to(home.archive.resolve(), target_is_directory=True)
    copy_ledger(home.ledger, replica.ledger)
    _cut_back(replica.ledger, int(meta["ledger_seal"].partition(":")[0]))
    return snapshots.snapshot_path(replica, build(replica, period=meta["period"], progress=progress))


def _cut_back(ledger: Path, seal: int) -> None:
    """Leave in a copy of the ledger only what the first seals cover."""
    with closing(sqlite3.connect(ledger)) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        for table in reversed(sealed_in(version)):
            connection.execute(
                f"DELETE FROM {table} WHERE rowid > "
                "(SELECT coalesce(max(last_row), 0) FROM seals WHERE table_name = ? AND seal_id <= ?)", (table, seal)
            )  # fmt: skip
        connection.execute("DELETE FROM seals WHERE seal_id > ?", (seal,))


def _read_meta(path: Path) -> dict[str, str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return dict(connection.execute("SELECT key, value FROM meta").fetchall())


def _compare(published: Path, rebuilt: Path, place: str, is_same_policy: bool) -> tuple[int, list[Finding]]:
    count, found = differing_tables(published, rebuilt)
    if found and not is_same_policy:
        told = "合同或指标的定义在它计算之后变过（程序升级过），数值不同属正常；再计算一次即按现行定义"
        return count, [Finding("rebuild", place, told, "build", False)]
    return count, [Finding("rebuild", f"{place}：{table}", told, "build") for table, told in found]


def differing_tables(published: Path, rebuilt: Path) -> tuple[int, list[tuple[str, str]]]:
    """How many tables a snapshot has, and which of them another does not hold equally, each with what differs."""
    with duckdb.connect() as connection:
        for name, path in (("published", published), ("rebuilt", rebuilt)):
            connection.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS {name} (READ_ONLY)")
        tables = [str(row[0]) for row in connection.execute(_TABLES).fetchall()]
        return len(tables), list(_differing(connection, tables))


def _differing(connection: duckdb.DuckDBPyConnection, tables: list[str]) -> Iterator[tuple[str, str]]:
    but = " WHERE key NOT IN ({})".format(", ".join(f"'{key}'" for key in _OWN_META))
    for table in tables:
        limit = but if table == "meta" else ""
        try:
            counts = [
                connection.execute(
                    f'SELECT count(*) FROM (FROM {left}."{table}"{limit} EXCEPT ALL FROM {right}."{table}"{limit})'
                ).fetchall()[0][0]
                for left, right in (("published", "rebuilt"), ("rebuilt", "published"))
            ]
        except duckdb.Error as error:
            yield table, f"比不了：{str(error).splitlines()[0]}"
            continue
        if any(counts):
            yield table, f"与重算不一致：快照里有 {counts[0]} 行重算没有，重算有 {counts[1]} 行快照没有"
