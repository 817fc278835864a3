"""The record of what was exported: the one function through which every export goes before it leaves.

Until the audit table takes its place, a line of JSON for each export in `exports.jsonl` of the home. What cannot be
entered is not exported.
"""

import fcntl
import json
import os
from datetime import datetime

from dashboard.exporting.stamps import Stamp
from pipelines.home import Home


def record_export(home: Home, *, account: str, kind: str, what: str, url: str, stamp: Stamp) -> None:
    """Enter an export.

    Args:
        kind: `xlsx`, `csv`, `png` or `svg`.
        what: titles of the tables or of the chart.
        url: the page it was made from.

    Raises:
        OSError: it cannot be entered; then nothing may be exported.
    """
    entry = {
        "at": datetime.now().isoformat(sep=" ", timespec="seconds"), "account": account, "kind": kind, "what": what,
        "url": url, **dict(stamp.lines),
    }  # fmt: skip
    with (home.root / "exports.jsonl").open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
