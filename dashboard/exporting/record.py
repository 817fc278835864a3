"""The record of what was exported: the one function through which every export goes before it leaves."""

from datetime import datetime

from dashboard.exporting.stamps import Stamp
from pipelines.accounts.audit import record
from pipelines.home import Home


def record_export(home: Home, *, account: str, kind: str, what: str, url: str, stamp: Stamp, address: str = "") -> None:
    """Enter an export into the audit chain.

    Args:
        kind: `xlsx`, `csv`, `png` or `svg`.
        what: titles of the tables or of the chart.
        url: the page it was made from.
        address: where the reader's browser is.

    Raises:
        AccountError, OSError: it cannot be entered; then nothing may be exported.
    """
    detail = {"格式": kind, "网址": url, **dict(stamp.lines)}
    record(home, "exported", at=datetime.now(), actor=account, subject=what, address=address, detail=detail)
