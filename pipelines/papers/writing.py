"""Write one document: whole or not at all, and entered in the audit chain before anybody can have it."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from pipelines.accounts.issuing import Issue
from pipelines.papers.errors import PaperError


def write_whole(path: Path, content: bytes, issue: Issue) -> None:
    """Write a file beside its place, enter it in the audit chain, and move it there.

    Raises:
        PaperError: the folder is none, or cannot be written to.
        AccountError: it cannot be entered; then there is no file.
    """
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        issue.enter(path.name, hashlib.sha256(content).hexdigest())
        temporary.replace(path)
    except OSError as error:
        raise PaperError(f"写不进 {path.parent}（{error.strerror or error}）：请换一个可写的文件夹") from error
    finally:
        with suppress(OSError):
            temporary.unlink()
