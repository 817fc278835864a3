"""The snapshots as pages see them: which one is current, and one read-only connection for each that is open.

The pointer file is read on every request, so a publication is seen without a restart; a published file never
changes, so everything read from it may be kept under its id.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

import duckdb
import pandas as pd

from dashboard.kept_reads import FrameShelf, KeptCursor
from data_contracts.divisions import load_divisions
from metrics import read_layer
from metrics.snapshot import SnapshotUnreadable, open_snapshot
from pipelines.home import Home
from pipelines.snapshots import SnapshotError, current_snapshot_id, read_published, snapshot_path
from pipelines.sums import sum_of

KEPT_OPEN = 3
# A published file is read through once before it is served; one larger than this would keep the first page waiting.
READ_THROUGH_BYTES = 2**30
_LOG = logging.getLogger(__name__)
Made = TypeVar("Made")


class NothingPublished(Exception):
    """There is no current snapshot yet."""


@dataclass(frozen=True)
class Snapshot:
    """One open snapshot: its connection, and what is asked so often that it is kept."""

    snapshot_id: str
    connection: duckdb.DuckDBPyConnection
    _kept: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
    _frames: FrameShelf = field(default_factory=FrameShelf, compare=False, repr=False)

    def kept(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gives, made once for this snapshot; for small things that many requests ask for."""
        if key not in self._kept:
            self._kept[key] = make()
        found: Made = self._kept[key]
        return found

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for a request; DuckDB connections are not for several threads at once."""
        return cast(duckdb.DuckDBPyConnection, KeptCursor(self.connection.cursor(), self._frames))

    @cached_property
    def meta(self) -> dict[str, str]:
        """What the snapshot says of itself."""
        return read_layer.read_meta(self.cursor())

    @cached_property
    def periods(self) -> list[str]:
        """Months with figures, newest first."""
        return read_layer.read_periods(self.cursor())

    @cached_property
    def contracts(self) -> pd.DataFrame:
        """The contracts it was built with."""
        return read_layer.read_contracts(self.cursor())

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The catalogue it was computed with."""
        return read_layer.read_indicators(self.cursor())


class Library:
    """The shelf of one home folder. Safe for several threads."""

    def __init__(self, home_root: Path) -> None:
        self._home = Home(home_root)
        self._lock = threading.Lock()
        self._open: OrderedDict[tuple[str, int], Snapshot] = OrderedDict()

    @property
    def home(self) -> Home:
        """The home folder whose snapshots stand here."""
        return self._home

    def current_id(self) -> str | None:
        """Id that the pointer names now."""
        return current_snapshot_id(self._home) or None

    def is_simulated(self) -> bool:
        """Whether the current snapshot holds simulated filings; False where nothing is published."""
        return self.current_id() is not None and self.open().meta.get("is_simulated") == "true"

    def titles(self) -> dict[str, str]:
        """Titles of contracts (where something is published) and full names of divisions, by their codes."""
        divisions = load_divisions()
        names = dict(zip(divisions["division_code"], divisions["name"], strict=True))
        if self.current_id() is None:
            return names
        contracts = self.open().contracts
        return {**names, **dict(zip(contracts["contract"], contracts["title"], strict=True))}

    def open(self, snapshot_id: str | None = None) -> Snapshot:
        """The named snapshot, or the current one.

        Raises:
            NothingPublished: no snapshot is named and none is current.
            SnapshotError: the id is malformed or there is no such file.
            SnapshotUnreadable: it is damaged, and none of those published before is whole.
        """
        if snapshot_id is not None:
            return self._open_one(snapshot_id)
        published = read_published(self._home)
        if not published:
            raise NothingPublished
        trouble: Exception | None = None
        for name, checksum in published:
            try:
                return self._open_one(name, checksum)
            except (SnapshotError, SnapshotUnreadable) as error:
                # The last good one stays served; the log tells whoever looks after the machine.
                _LOG.error("已发布的快照用不了，改用上一次发布的：%s", error)
                trouble = trouble or error
        assert trouble is not None
        raise trouble

    def _open_one(self, chosen: str, checksum: str = "") -> Snapshot:
        path = snapshot_path(self._home, chosen)
        if not path.exists():
            raise SnapshotError(f"没有快照 {chosen}，可能已被移走；请改看当前发布版")
        # A home that is built anew may use an id again: the file's inode is part of what we know it by.
        key = (chosen, path.stat().st_ino)
        with self._lock:
            if key not in self._open:
                if checksum and path.stat().st_size <= READ_THROUGH_BYTES and sum_of(path) != checksum:
                    raise SnapshotUnreadable(f"快照文件 {path} 发布后被改动或已损坏；请用 oversight build 重新生成")
                self._open[key] = Snapshot(chosen, open_snapshot(path))
            self._open.move_to_end(key)
            while len(self._open) > KEPT_OPEN:
                # Not closed here: a request may still be reading; the last reference closes it.
                self._open.popitem(last=False)
            return self._open[key]
