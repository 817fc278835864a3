"""Frames of a snapshot's read queries, kept while they are asked for: a published file never changes.

A frame is kept under its query, its scope and its parameters, so a reader is never given what another's scope gave.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Self

import duckdb
import pandas as pd

MOST_BYTES = 48 * 2**20  # of all frames of one snapshot; the oldest go first
LARGEST_BYTES = 4 * 2**20  # a larger frame is read anew each time


class FrameShelf:
    """Frames by key, the latest asked for last. Safe for several threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._held = most_bytes, 0
        self._lock = threading.Lock()
        self._frames: OrderedDict[Hashable, tuple[pd.DataFrame, int]] = OrderedDict()

    def kept(self, key: Hashable, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The frame under a key, made if it is not there. What the caller does to it stays its own (copy on write)."""
        with self._lock:
            if key in self._frames:
                self._frames.move_to_end(key)
                return self._frames[key][0].copy(deep=False)
        frame = make()
        size = int(frame.memory_usage(deep=True).sum())
        with self._lock:
            if size <= LARGEST_BYTES and key not in self._frames:
                self._frames[key] = (frame, size)
                self._held += size
            while self._held > self._most:
                self._held -= self._frames.popitem(last=False)[1][1]
        return frame.copy(deep=False)


class KeptCursor:
    """A cursor of a snapshot that knows the shelf; `metrics.read_scope.run_query` asks it before it asks DuckDB."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, shelf: FrameShelf) -> None:
        self._cursor, self.kept = cursor, shelf.kept

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._cursor.close()
