"""Filings handed in through the page: laid in the inbox, taken in by the watch, their receipts read from the ledger.

The web process checks nothing itself: it would have to hold Great Expectations and the parsers. A file is written under
a hidden name and then moved in one step, so that the watch never sees half of it.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from metrics.read_scope import Scope
from pipelines.faults import Fault
from pipelines.home import Home
from pipelines.ledger import FilingRecord, find_by_receipt, find_outcome
from pipelines.web_uploads import upload_folder

MOST_BYTES = 50 * 2**20  # what the intake takes (pipelines/containers.py)
MOST_FILES = 30
_TOKEN = re.compile(r"[0-9a-f]{12}")
_UNSAFE = re.compile(r"[\x00-\x1f/\\:*?\"<>|]")


@dataclass(frozen=True)
class Upload:
    """One file that was handed in: where it lies in the inbox, its hash, when; `problem` if it was not laid there."""

    token: str
    file_name: str
    sha256: str
    at: str
    problem: str = ""

    @classmethod
    def of(cls, sent: Mapping[str, Any]) -> "Upload":
        """An upload as a browser sends it back, which may send anything.

        Raises:
            ValueError: of another form than :meth:`to_dict` gives.
        """
        names = [field.name for field in fields(cls)]
        if set(sent) != set(names) or not all(isinstance(sent[name], str) for name in names):
            raise ValueError("不是上传记录")
        found = cls(**{name: sent[name] for name in names})
        is_laid = _TOKEN.fullmatch(found.token) and found.file_name == safe_name(found.file_name)
        if not found.problem and not is_laid:
            raise ValueError("不是上传记录")
        return found

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form, for the browser's store."""
        return asdict(self)


@dataclass(frozen=True)
class Outcome:
    """What became of an upload: nothing yet (`records` empty and `is_waiting`), or its filings with their faults."""

    upload: Upload
    is_waiting: bool
    records: tuple[tuple[FilingRecord, list[Fault]], ...]


def lay_in_inbox(
    home: Home, contents: Sequence[str], names: Sequence[str], now: datetime | None = None, filer: str | None = None
) -> list[Upload]:
    """Write what a browser sent (`data:…;base64,…`) into the inbox; what cannot be taken is told in `problem`.

    `filer`: the only division that these files may file for; the intake refuses others.
    """
    moment = (now or datetime.now()).isoformat(sep=" ", timespec="seconds")
    pairs = list(zip(contents, names, strict=True))
    done = [_lay(home, content, name, moment, filer) for content, name in pairs[:MOST_FILES]]
    over = [
        Upload("", name, "", moment, f"一次最多 {MOST_FILES} 个文件，请分几次上传。") for _, name in pairs[MOST_FILES:]
    ]
    return done + over


def _lay(home: Home, content: str, name: str, moment: str, filer: str | None) -> Upload:
    clean = safe_name(name)
    try:
        data = base64.b64decode(content.partition(",")[2], validate=True)
    except ValueError:
        return Upload("", clean, "", moment, "文件没有传完整，请重新选择。")
    if not data:
        return Upload("", clean, "", moment, "这是一个空文件。")
    if len(data) > MOST_BYTES:
        return Upload("", clean, "", moment, f"文件超过 {MOST_BYTES // 2**20} MB。")
    token = secrets.token_hex(6)
    home.inbox.mkdir(parents=True, exist_ok=True)
    hidden = home.inbox / f".{token}"
    hidden.mkdir()
    (hidden / clean).write_bytes(data)
    hidden.rename(upload_folder(home.inbox, token, filer))
    return Upload(token, clean, hashlib.sha256(data).hexdigest(), moment)


def safe_name(name: str) -> str:
    """A file name without folders and control characters, never hidden or temporary, at most 120 characters."""
    clean = _UNSAFE.sub("_", Path(name.replace("\\", "/")).name).lstrip(".~$ ") or "未命名.xlsx"
    return clean[-120:]


def outcome_of(home: Home, upload: Upload, scope: Scope, filer: str | None = None) -> Outcome:
    """Whether the watch has taken the file, and what the ledger says of it then, as far as the reader may see it.

    `filer`: as it was laid in the inbox, of the reader's account.
    """
    if upload.problem:
        return Outcome(upload, False, ())
    folder = upload_folder(home.inbox, upload.token, filer)
    if (folder / upload.file_name).exists():
        return Outcome(upload, True, ())
    with suppress(OSError):
        folder.rmdir()  # the watch takes the file and leaves its folder
    found = find_outcome(home, upload.sha256)
    # a refused file may name no division; whose hash one knows, that file one has
    shown = tuple(one for one in found if one[0].division_code is None or scope.sees(one[0].division_code))
    if found and not shown:
        return Outcome(replace(upload, problem="这份报表不是您查看范围内的单位的，结果不在这里显示。"), False, ())
    return Outcome(upload, False, shown)


def returned_workbook(home: Home, receipt_no: str) -> Path | None:
    """The marked workbook of a receipt; None where there is none."""
    if not re.fullmatch(r"[A-Za-z0-9-]{1,40}", receipt_no):
        return None
    return next(iter(home.returned.glob(f"{receipt_no}_*.xlsx")), None)


def may_see_returned(home: Home, receipt_no: str, scope: Scope) -> bool:
    """Whether the reporter that a receipt names is within the reader's scope."""
    found = find_by_receipt(home, receipt_no)
    return found is not None and scope.sees(found.division_code or "")
