"""The archive: filed workbooks as they came, named by their SHA-256, never changed.

Written in three strokes so that a crash leaves whole files or none: all to temporary names, one flush of the
disk for the batch, then renamed. A file that is already there is left alone, for its name is its content.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from pipelines.faults import IntakeError
from pipelines.home import Home


class ArchiveError(IntakeError):
    """An archived file is gone or no longer what its name says; the text names it, in Chinese."""


def archive_path(home: Home, sha256: str) -> Path:
    """Where the file with this hash lies, or would lie."""
    return home.archive / sha256[:2] / sha256


def archive_files(home: Home, files: Mapping[str, bytes]) -> int:
    """Add files (SHA-256 → content); returns how many were new.

    The caller commits the ledger only after this returns: the archive may hold a file that the ledger does not
    know, never the other way round.
    """
    for prefix in {sha256[:2] for sha256 in files}:
        (home.archive / prefix).mkdir(parents=True, exist_ok=True)
    root = str(home.archive)  # plain strings: building a thousand Path objects costs more than writing the files
    moves: list[tuple[str, str]] = []
    for sha256, content in files.items():
        target, temporary = f"{root}/{sha256[:2]}/{sha256}", f"{root}/{sha256[:2]}/.{sha256}.tmp"
        if not os.path.exists(target):  # noqa: PTH110
            with open(temporary, "wb") as file:  # noqa: PTH123
                file.write(content)
            moves.append((temporary, target))
    if moves:
        os.sync()
    for temporary, target in moves:
        os.replace(temporary, target)  # noqa: PTH105
    return len(moves)


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
