"""Processes that touch files from outside, so that a file which kills its parser is refused and nothing else."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from queue import SimpleQueue
from typing import IO, Any

from data_contracts.child_processes import start_child
from pipelines.faults import IntakeError, refuse
from pipelines.headers import HeaderReader
from pipelines.isolated_worker import ReadAnswer, ReadOrder, ReturnOrder, receive, send

WORKERS = max(1, min(4, os.cpu_count() or 1))  # beyond four, the one process that takes the answers is the limit


class WorkerDiedError(Exception):
    """A worker ended while it held an order; the next order gets a new worker."""


class IsolatedPool:
    """Workers that start at once, while the caller does other things, and are kept until the pool closes.

    `threads` has one thread per worker: map :meth:`read` or :meth:`write_return` over it.
    """

    def __init__(self, readers: Mapping[str, HeaderReader], workers: int) -> None:
        self._readers = dict(readers)
        # None stands for a worker that has yet to be started, or started again.
        self._idle: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
        self.threads = ThreadPoolExecutor(workers)
        for _ in range(workers):
            self.threads.submit(self._warm_up)

    def read(self, content: bytes, file_name: str) -> ReadAnswer:
        """What :func:`pipelines.reading.read_parts` finds in a file. Never raises for what is in the file."""
        try:
            answer: ReadAnswer = self._carry_out(ReadOrder(content, file_name))
        except WorkerDiedError:
            return (refuse("corrupt", reason="解析程序无法承受").refusal,)
        return answer

    def write_return(self, order: ReturnOrder) -> None:
        """Write one returned workbook; the list of faults alone where the worker dies over the file.

        Raises:
            IntakeError: it could not be written; the next intake tries again.
        """
        for attempt in (order, replace(order, original=None)):
            with suppress(WorkerDiedError):
                reason = self._carry_out(attempt)
                break
        else:
            reason = "写表程序中断"
        if reason:
            raise IntakeError(f"退回件 {order.path} 写不出来：{reason}。报表已经登记，排除故障后再次收件即可补写")

    def _carry_out(self, order: ReadOrder | ReturnOrder) -> Any:
        worker = self._idle.get()
        is_sound = False
        try:
            worker = worker or self._start()
            send(_pipe(worker.stdin), order)
            answer = receive(_pipe(worker.stdout))
            is_sound = True
        except (EOFError, BrokenPipeError) as error:
            raise WorkerDiedError from error
        finally:
            if worker is not None and not is_sound:
                _stop(worker)
            self._idle.put(worker if is_sound else None)
        return answer

    def _warm_up(self) -> None:
        worker = None
        try:
            worker = self._start()
        finally:
            self._idle.put(worker)  # after a failure, the first order tries again and tells its caller

    def _start(self) -> "subprocess.Popen[bytes]":
        """Start a worker and wait until it is ready: one that cannot start says nothing about any file."""
        with tempfile.TemporaryFile() as complaints:
            worker = start_child(
                "from pipelines.isolated_worker import main; main()",
                stderr=complaints,
                process_group=0,  # Ctrl+C is for the program, which finishes what it has in hand
            )
            try:
                send(_pipe(worker.stdin), self._readers)
                receive(_pipe(worker.stdout))
            except (EOFError, BrokenPipeError) as error:
                _stop(worker)
                complaints.seek(0)
                raise RuntimeError(f"读表程序启动不了：{complaints.read()[-2000:].decode(errors='replace')}") from error
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
def open_pool(readers: Mapping[str, HeaderReader], files: int) -> Iterator[IsolatedPool]:
    """A pool for the length of a `with` block, with no more workers than there are files to read."""
    pool = IsolatedPool(readers, max(1, min(WORKERS, files)))
    try:
        yield pool
    finally:
        pool.close()
