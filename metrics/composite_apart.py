"""The index in a process of its own, beside the rest of a build: both are bound by Python, and there are two cores.

The process is started before anything else is done, so that its own start costs no time; it gets the cells and gives
the tables back as pickles (both ends are this program) over its pipes. It ends when its parent does, for then the pipe
closes. What it raises is raised here. The numbers are those of :func:`metrics.composite_months.compute_index`.
"""

import pickle
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import duckdb

from data_contracts.child_processes import child_streams, start_child
from metrics.catalogue import Catalogue
from metrics.composite_months import IndexInput, IndexTables, read_index_input, score_months, write_index
from metrics.memory import keep_memory
from metrics.policies import Policies

LEAST_UNIT_MONTHS = 4000  # below, the index takes less than a second or so, and a process is not worth its start


class IndexApartError(RuntimeError):
    """The process ended without an answer; what it said last."""


class IndexBeside:
    """The index of a build: :meth:`start` as early as can be, :meth:`begin` when the cells stand, :meth:`finish` before
    the index is read.

    Without a process it is computed where it is finished, by the same functions.
    """

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._thread = ThreadPoolExecutor(1)
        self._order: tuple[IndexInput, Catalogue, list[str], Policies] | None = None
        self._answer: Future[IndexTables] | None = None

    def start(self) -> None:
        """Start the process, which loads its libraries meanwhile."""
        self.process = start_child("from metrics.composite_apart import answer; answer()", stderr=subprocess.PIPE)

    def begin(
        self, connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, periods: list[str], policies: Policies
    ) -> None:
        """Read what the index is computed from, and hand it over if there is a process."""
        self._order = (read_index_input(connection), catalogue, periods, policies)
        if self.process is not None:
            self._answer = self._thread.submit(_ask, self.process, self._order)

    def finish(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Write the index's tables.

        Raises:
            PolicyError: as :func:`metrics.composite_months.compute_index` does.
            IndexApartError: the process ended without an answer.
        """
        assert self._order is not None  # begun
        tables = score_months(*self._order) if self._answer is None else self._answer.result()
        write_index(connection, tables, self._order[-1])

    def close(self) -> None:
        """Stop what still runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._thread.shutdown()


@contextmanager
def index_beside(units: int, months: int) -> Iterator[IndexBeside]:
    """The index of a build, with a process of its own where so many are worth it; gone at the end of the block."""
    index = IndexBeside()
    try:
        if units * months >= LEAST_UNIT_MONTHS:
            index.start()
        yield index
    finally:
        index.close()


def _ask(process: "subprocess.Popen[bytes]", order: Any) -> IndexTables:
    try:
        said, complaints = process.communicate(pickle.dumps(order, pickle.HIGHEST_PROTOCOL))
    except ValueError as error:  # its pipes are closed
        raise IndexApartError("综合指数的计算进程中断") from error
    if process.returncode or not said:
        raise IndexApartError(f"综合指数的计算进程中断：{complaints[-2000:].decode(errors='replace')}")
    answer = pickle.loads(said)
    if isinstance(answer, Exception):
        raise answer
    assert isinstance(answer, IndexTables)
    return answer


def answer() -> None:
    """What the process does: one order, one answer."""
    keep_memory()
    source, sink = child_streams()
    order = source.read()
    if not order:
        return
    found: IndexTables | Exception
    try:
        found = score_months(*pickle.loads(order))
    except Exception as error:  # raised again by who asked
        found = error
    with sink:
        pickle.dump(found, sink, pickle.HIGHEST_PROTOCOL)
