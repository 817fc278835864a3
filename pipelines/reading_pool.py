"""Read many files in processes of their own, so that a file that kills its reader is refused and nothing else."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import IO

from pipelines.faults import refuse
from pipelines.headers import HeaderReader
from pipelines.reading_worker import Answer, receive, send

WORKERS = max(1, min(4, os.cpu_count() or 1))  # beyond four, the one process that takes the answers is the limit
_ROOT = Path(__file__).parents[1]


class ReadingPool:
    """Workers that start at once, while the caller does other things, and are kept until the pool closes.

    `threads` has one thread per worker: map :meth:`read` over it.
    """

    def __init__(self, readers: Mapping[str, HeaderReader], workers: int) -> None:
        self._readers = dict(readers)
        # None stands for a worker that has yet to be started, or started again.
        self._idle: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
        self.threads = ThreadPoolExecutor(workers)
        for _ in range(workers):
            self.threads.submit(self._warm_up)

    def _warm_up(self) -> None:
        worker = None
        try:
            worker = self._start()
        finally:
            self._idle.put(worker)  # after a failure, the first read tries again and tells its caller

    def read(self, content: bytes, file_name: str) -> Answer:
        """What :func:`pipelines.reading.read_file` finds in a file. Never raises for what is in the file."""
        worker = self._idle.get()
        try:
            if worker is None:
                worker = self._start()
            send(_pipe(worker.stdin), (content, file_name))
            found: Answer = receive(_pipe(worker.stdout))
        except (EOFError, BrokenPipeError):
            if worker is not None:
                _stop(worker)
            worker = None
            return refuse("corrupt", reason="解析程序无法承受").refusal
        finally:
            self._idle.put(worker)
        return found

    def _start(self) -> "subprocess.Popen[bytes]":
        path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        worker = subprocess.Popen(
            [sys.executable, "-m", "pipelines.reading_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        send(_pipe(worker.stdin), self._readers)
        return worker

    def close(self) -> None:
        """Stop the workers."""
        self.threads.shutdown(cancel_futures=True)
        while not self._idle.empty():
            worker = self._idle.get()
            if worker is not None:
                _stop(worker)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # both ends are opened as pipes
    return stream


def _stop(worker: "subprocess.Popen[bytes]") -> None:
    for stream in (worker.stdin, worker.stdout):
        with suppress(BrokenPipeError):  # it died with a message half sent; closing is all that is wanted
            _pipe(stream).close()
    worker.wait()


@contextmanager
def open_pool(readers: Mapping[str, HeaderReader], files: int) -> Iterator[ReadingPool]:
    """A pool for the length of a `with` block, with no more workers than there are files to read."""
    pool = ReadingPool(readers, max(1, min(WORKERS, files)))
    try:
        yield pool
    finally:
        pool.close()
