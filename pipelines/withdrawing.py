"""Withdraw a filing: from then on it does not count, and the accepted one before it counts again."""

from dataclasses import dataclass
from datetime import datetime

from data_contracts.loading import load_contracts
from data_contracts.periods import period_title
from pipelines.events import Event, EventError, checked_actor, checked_reason
from pipelines.home import Home
from pipelines.ledger import ACCEPTED, STATUS_TITLES, FilingRecord, open_ledger
from pipelines.period_states import PERIOD_KINDS, PeriodStates


class WithdrawalError(EventError):
    """A filing that cannot be withdrawn; the text says why, in Chinese."""


@dataclass(frozen=True)
class Withdrawal:
    """What was withdrawn, and which filing counts for its place now (None: none does)."""

    record: FilingRecord
    at: datetime
    counts_now: FilingRecord | None

    def to_text(self) -> str:
        """What happened, in Chinese."""
        record, contracts = self.record, load_contracts()
        title = contracts[str(record.contract)].title if record.contract in contracts else record.contract
        place = f"{record.division_code} 《{title}》{period_title(str(record.period))}"
        now = f"改由 {self.counts_now.receipt_no} 计数" if self.counts_now else "该期现在没有计数的报表，请督促重报"
        return f"{record.receipt_no} 已撤回（{place}），{now}。"


def withdraw(
    home: Home, receipt_no: str, *, reason: str | None, actor: str | None = None, now: datetime | None = None
) -> Withdrawal:
    """Withdraw an accepted filing, as an event in the ledger.

    Raises:
        WithdrawalError: no such receipt, not accepted, or withdrawn already.
        PeriodError: its period is locked.
        EventError: actor or reason not usable.
    """
    moment = (now or datetime.now()).replace(microsecond=0)
    with home.locked(), open_ledger(home.ledger) as ledger:
        record = ledger.by_receipt(receipt_no)
        if record is None:
            raise WithdrawalError(f"台账里没有回执 {receipt_no}；回执号应如 HZ-2026-000123")
        if record.status not in ACCEPTED:
            raise WithdrawalError(f"{receipt_no} 是{STATUS_TITLES[record.status]}的，本来就不计数，不必撤回")
        withdrawn = ledger.withdrawn_ids()
        if record.filing_id in withdrawn:
            raise WithdrawalError(f"{receipt_no} 已经撤回过了")
        place = (str(record.contract), str(record.division_code), str(record.period))
        PeriodStates(ledger.events(PERIOD_KINDS)).require_unlocked(place[0], place[2], f"撤回 {receipt_no}")
        event = Event(
            at=moment,
            kind="withdrawn",
            actor=checked_actor(actor),
            reason=checked_reason(reason),
            filing_id=record.filing_id,
            contract=record.contract,
            division_code=record.division_code,
            period=record.period,
            detail={"receipt_no": record.receipt_no},
        )
        ledger.add([], events=[event])
        gone = withdrawn | {record.filing_id}
        standing = [r for r in ledger.at_place(place) if r.status in ACCEPTED and r.filing_id not in gone]
    return Withdrawal(record, moment, standing[-1] if standing else None)
