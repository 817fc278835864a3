"""The archive: filed workbooks as they came, named by their SHA-256, never changed.

Written in three strokes so that a crash leaves whole files or none: all to a stash, one flush of the disk for the
batch, then renamed. The ledger is committed only after that, so the archive may hold a file that the ledger does not
know, never the other way round. A file that is already there is left alone, for its name is its content.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from pipelines.faults import IntakeError
from pipelines.home import Home

STASH = ".incoming"


class ArchiveError(IntakeError):
    """An archived file is gone or no longer what its name says; the text names it, in Chinese."""


def archive_path(home: Home, sha256: str) -> Path:
    """Where the file with this hash lies, or would lie."""
    return home.archive / sha256[:2] / sha256


def stash_file(home: Home, sha256: str, content: bytes) -> None:
    """Write a file beside the archive, where nobody looks for it; may be called from several threads."""
    # Plain strings and os.open: for a thousand small files, objects cost more than writing.
    root = str(home.archive)
    if os.path.exists(f"{root}/{sha256[:2]}/{sha256}"):  # noqa: PTH110
        return
    handle = os.open(f"{root}/{STASH}/{sha256}", os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o640)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(handle, view) :]
    finally:
        os.close(handle)


def settle_stash(home: Home, hashes: Iterable[str]) -> int:
    """Move stashed files into the archive, flushed to disk first; returns how many were new there."""
    root = str(home.archive)
    moves = [sha256 for sha256 in hashes if os.path.exists(f"{root}/{STASH}/{sha256}")]  # noqa: PTH110
    if not moves:
        return 0
    for prefix in {sha256[:2] for sha256 in moves}:
        (home.archive / prefix).mkdir(exist_ok=True)
    os.sync()
    for sha256 in moves:
        os.replace(f"{root}/{STASH}/{sha256}", f"{root}/{sha256[:2]}/{sha256}")  # noqa: PTH105
    return len(moves)


def clear_stash(home: Home) -> None:
    """Make the stash, and empty it of what a crashed run left there."""
    stash = home.archive / STASH
    stash.mkdir(parents=True, exist_ok=True)
    for path in stash.iterdir():
        path.unlink()


def read_archived(home: Home, sha256: str) -> bytes:
    """Content of an archived file.

    Raises:
        ArchiveError: missing, or changed since it was archived.
    """
    path = archive_path(home, sha256)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ArchiveError(f"档案文件缺失：{path}；请从备份恢复 archive 目录") from None
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ArchiveError(f"档案文件被改动：{path} 的校验值是 {found}；请从备份恢复 archive 目录")
    return content
