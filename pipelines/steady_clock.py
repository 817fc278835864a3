"""A clock that does not run back: receipts and steps stay in the order in which they were entered.

What counts of several filings is the one received last, so a clock set back would let an older filing win. The ledger
notes when each thing was entered; a time before the last of these is not believed. A small step back (the clock was set
right) is bridged with the last time noted; a large one is told, and nothing is entered until somebody has looked.
"""

from datetime import datetime, timedelta

from pipelines.faults import IntakeError
from pipelines.home import Home
from pipelines.ledger import read_rows

BRIDGED = timedelta(hours=1)
_LAST = "SELECT recorded_at FROM events ORDER BY event_id DESC LIMIT 1"


class ClockError(IntakeError):
    """The machine's clock is behind what the ledger noted; the text says by how much and what to do, in Chinese."""


def steady_now(home: Home, clock: datetime | None = None) -> datetime:
    """The time now, never before the last entry in the ledger.

    Args:
        clock: what the machine's clock says; asked if None.

    Raises:
        ClockError: the clock is more than an hour behind the last entry.
        LedgerError: the ledger cannot be read.
    """
    now = clock or datetime.now()
    rows = read_rows(home.ledger, _LAST)
    last = datetime.fromisoformat(rows[0][0]) if rows else now
    if last - now > BRIDGED:
        raise ClockError(
            f"本机时钟是 {now:%Y-%m-%d %H:%M}，比台账最后一次登记（{last:%Y-%m-%d %H:%M}）早，时钟可能被拨回；"
            "请校准本机时间后再试。若是台账那次登记时时钟走快了，可用收件登记表（--received-list）写明收到时间"
        )
    return max(now, last)
