"""Watch an inbox: take in what appears there once it is complete, and lay it aside beside its receipt.

What costs seconds is done once and kept: the checks are built, the workers run, the fonts are read. A file counts as
complete when two looks find it unchanged and nobody has it open for writing; where that cannot be told (a network
share), it must be unchanged for longer.
"""

import fcntl
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event as Signal

from data_contracts.loading import load_contracts
from pipelines.arrivals import IGNORED_NAMES
from pipelines.checking import suites_of
from pipelines.faults import IntakeError
from pipelines.home import Home, HomeBusyError
from pipelines.intake import intake
from pipelines.isolated_pool import IsolatedPool, open_pool
from pipelines.reading import header_readers
from pipelines.receipt_documents import write_receipt_documents
from pipelines.receipts import Receipt
from pipelines.typesetting import FontMissingError, typeset_nothing

FOLDERS = {"accepted": "已接收", "accepted_with_queries": "已接收", "returned": "已退回", "refused": "已拒收"}
TEMPORARY_SUFFIXES = {".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".download", ".swp"}
SECONDS_BETWEEN_LOOKS = 0.3
SETTLED_AFTER = 0.25  # seconds unchanged, where it can be told that nobody writes
SETTLED_AFTER_IF_UNSURE = 3.0
FILES_AT_ONCE = 50  # a stop waits for these

Stamp = tuple[int, int, int]  # size, time of change, inode


@dataclass(slots=True)
class _Seen:
    stamp: Stamp
    since: float
    looks: int = 1
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken in, and the folder where it lies now beside its receipt."""

    receipt: Receipt
    path: Path


class Watch:
    """The inbox and what has been seen in it. Open it with :func:`open_watch`."""

    def __init__(
        self, home: Home, inbox: Path, pool: IsolatedPool, *, actor: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._home, self._inbox, self._pool, self._actor, self._clock = home, inbox, pool, actor, clock
        self._seen: dict[Path, _Seen] = {}

    def look(self) -> list[Path]:
        """The files that are complete, the oldest first; call it again and again."""
        now, found = self._clock(), {}
        for path, stamp in _files(self._inbox):
            known = self._seen.get(path)
            if known is not None and known.stamp == stamp:
                known.looks += 1
                found[path] = known
            else:
                found[path] = _Seen(stamp, now)
        self._seen = found
        ready = [path for path, seen in found.items() if not seen.failed and _is_complete(path, seen, now)]
        return sorted(ready, key=lambda path: (found[path].stamp[1], str(path)))

    def take(self, paths: Sequence[Path], *, now: datetime | None = None) -> list[Taken]:
        """Take files in and lay them aside; all stay where they are if the intake fails.

        Raises:
            HomeBusyError: another process writes to the home; try again later.
            IntakeError: the home cannot be used.
        """
        result = intake(self._home, paths, now=now, actor=self._actor, pool=self._pool)
        return [taken for receipt in result.receipts if (taken := self._lay_aside(receipt))]

    def set_aside(self, path: Path) -> None:
        """Leave a file alone until it changes."""
        if path in self._seen:
            self._seen[path].failed = True

    def _lay_aside(self, receipt: Receipt) -> Taken | None:
        if not receipt.receipt_no:
            return None  # it was gone before it was read
        folder = self._inbox / FOLDERS[receipt.status] / f"{datetime.now():%Y-%m-%d}"
        folder.mkdir(parents=True, exist_ok=True)
        _write_receipt(self._home, receipt, folder)
        if receipt.returned_path and receipt.returned_path.exists():
            shutil.copyfile(receipt.returned_path, folder / f"{receipt.receipt_no}_退回件.xlsx")
        target = folder / f"{receipt.receipt_no}_{receipt.file_name[-120:]}"
        with suppress(FileNotFoundError):  # taken away meanwhile: it is in the archive
            receipt.path.replace(target)
        self._seen.pop(receipt.path, None)
        return Taken(receipt, target)


def _write_receipt(home: Home, receipt: Receipt, folder: Path) -> None:
    try:
        write_receipt_documents(home, [receipt.receipt_no], folder)
    except FontMissingError:
        (folder / f"{receipt.receipt_no}.txt").write_text(receipt.to_text() + "\n", encoding="utf-8")


def _files(folder: Path, is_top: bool = True) -> Iterator[tuple[Path, Stamp]]:
    """Files to take in, folders opened; temporary ones and those laid aside left out."""
    for entry in os.scandir(folder):
        name = entry.name
        if name.startswith((".", "~$")) or name.lower() in IGNORED_NAMES:
            continue
        if entry.is_dir(follow_symlinks=False):
            if not (is_top and name in FOLDERS.values()):
                with suppress(FileNotFoundError):
                    yield from _files(Path(entry.path), is_top=False)
        elif Path(name).suffix.lower() not in TEMPORARY_SUFFIXES:
            with suppress(FileNotFoundError):
                about = entry.stat(follow_symlinks=False)
                if entry.is_file(follow_symlinks=False):
                    yield Path(entry.path), (about.st_size, about.st_mtime_ns, about.st_ino)


def _is_complete(path: Path, seen: _Seen, now: float) -> bool:
    unchanged = now - seen.since
    if seen.looks < 2 or unchanged < SETTLED_AFTER:
        return False
    is_written = is_open_for_writing(path)
    if is_written:
        return False
    # An empty file is most often one whose copying has yet to begin.
    is_sure = is_written is False and seen.stamp[0] > 0
    return is_sure or unchanged >= SETTLED_AFTER_IF_UNSURE


def is_open_for_writing(path: Path) -> bool | None:
    """Whether some process has the file open for writing; None where the file system cannot tell.

    A read lease is given only on a file that nobody has open for writing (fcntl(2), F_SETLEASE).
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        # Should somebody open it in this instant, the kernel sends a signal: one that is ignored unless asked for.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return None
    finally:
        os.close(handle)
    return False


@contextmanager
def open_watch(home: Home, inbox: Path | None = None, *, actor: str | None = None) -> Iterator[Watch]:
    """A watch that is warm: checks built, workers started, fonts read.

    Raises:
        IntakeError: another watch is on this inbox, or it is no folder that can be made.
    """
    folder = inbox or home.inbox
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".watch.lock").open("w")
    except OSError as error:
        raise IntakeError(f"收件夹 {folder} 用不了：{error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IntakeError(f"收件夹 {folder} 已有一个值守程序在看着") from None
        contracts = load_contracts()
        with open_pool(header_readers(contracts), os.cpu_count() or 1) as pool:
            for contract in contracts.values():
                suites_of(contract)
            with suppress(FontMissingError):
                typeset_nothing()
            yield Watch(home, folder, pool, actor=actor)


def watch(
    watcher: Watch, stop: Signal, on_taken: Callable[[Taken], None], on_trouble: Callable[[str], None]
) -> None:
    """Look and take until told to stop; the files at hand are finished first.

    Args:
        watcher: from :func:`open_watch`.
        stop: set it, from a signal handler or another thread, to end.
        on_taken: told of each file.
        on_trouble: told, in Chinese, of what stands in the way; once while it lasts.
    """
    trouble = ""
    while not stop.is_set():
        ready = watcher.look()[:FILES_AT_ONCE]
        last, trouble = trouble, ""
        try:
            for taken in watcher.take(ready) if ready else ():
                on_taken(taken)
        except HomeBusyError as error:
            trouble = f"{error}（稍后自动再试）"
        except IntakeError as error:
            trouble = f"收不了：{error}"
        except Exception as error:
            _take_singly(watcher, ready, stop, on_taken, on_trouble, error)
        if trouble and trouble != last:
            on_trouble(trouble)
        stop.wait(SECONDS_BETWEEN_LOOKS if not trouble else 4 * SECONDS_BETWEEN_LOOKS)


def _take_singly(
    watcher: Watch, ready: Sequence[Path], stop: Signal, on_taken: Callable[[Taken], None],
    on_trouble: Callable[[str], None], error: Exception,
) -> None:  # fmt: skip
    """One of several files breaks the program: find which, take the others, leave it alone until it changes."""
    for path in ready:
        if stop.is_set():
            return
        try:
            if len(ready) == 1:
                raise error
            for taken in watcher.take([path]):
                on_taken(taken)
        except IntakeError as later:
            on_trouble(f"收不了：{later}")
            return
        except Exception as own:
            watcher.set_aside(path)
            on_trouble(f"{path.name}：程序内部出错（{type(own).__name__}：{own}），文件留在原处，请交系统管理员")
