"""Which periods are open, and which are locked: the calendar's word, unless an event says otherwise.

A period opens by the calendar without anybody's doing, so a bureau that does nothing still receives. It may be opened
earlier; and once its figures have been used it is locked, after which nothing of it changes until it is unlocked.
An event without a contract speaks for all contracts of the period; the last one that speaks decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from data_contracts.calendar import due_on, opens_on
from data_contracts.contract import Contract
from data_contracts.loading import load_contracts
from data_contracts.periods import frequency_of, period_title
from pipelines.events import Event, EventError, EventKind, checked_actor, checked_reason
from pipelines.faults import refuse
from pipelines.home import Home
from pipelines.ledger import open_ledger

PERIOD_KINDS: tuple[EventKind, ...] = ("period_opened", "period_locked", "period_unlocked")
Action = Literal["open", "lock", "unlock"]
_KINDS: dict[Action, EventKind] = {"open": "period_opened", "lock": "period_locked", "unlock": "period_unlocked"}


class PeriodError(EventError):
    """A period that cannot be opened, locked or unlocked; the text says why, in Chinese."""


class PeriodStates:
    """The periods as the events leave them."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._events: dict[str, list[Event]] = {}
        for event in events:
            if event.kind in PERIOD_KINDS:
                self._events.setdefault(str(event.period), []).append(event)

    def lock_of(self, contract: str, period: str) -> Event | None:
        """The event by which a period is locked for a contract; None where it is not locked."""
        last = self._last(contract, period, ("period_locked", "period_unlocked"))
        return last if last is not None and last.kind == "period_locked" else None

    def opens_at(self, contract: str, period: str) -> datetime:
        """From when filings are taken: the calendar's day, or earlier where it was opened earlier."""
        by_calendar = datetime.combine(opens_on(period), datetime.min.time())
        opened = self._last(contract, period, ("period_opened",))
        return min(by_calendar, opened.at) if opened else by_calendar

    def _last(self, contract: str, period: str, kinds: tuple[EventKind, ...]) -> Event | None:
        speaking = [
            event
            for event in self._events.get(period, ())
            if event.kind in kinds and event.contract in (None, contract)
        ]
        return speaking[-1] if speaking else None

    def require_open(self, contract: Contract, period: str, received_at: datetime, place: str) -> None:
        """Refuse a filing for a period that is not open yet, or is locked.

        Raises:
            RefusalError: `period_not_open` or `period_locked`.
        """
        words = {"title": contract.title, "period": period_title(period), "place": place}
        opens = self.opens_at(contract.contract, period)
        if received_at < opens:
            raise refuse("period_not_open", **words, opens_on=opens.date(), received_on=received_at.date())
        lock = self.lock_of(contract.contract, period)
        if lock is not None:
            raise refuse("period_locked", **words, locked_on=lock.at.date(), actor=lock.actor)

    def require_unlocked(self, contract: str, period: str, what: str) -> None:
        """Stop what would change a locked period.

        Raises:
            PeriodError: it is locked.
        """
        lock = self.lock_of(contract, period)
        if lock is not None:
            raise PeriodError(
                f"{period_title(period)}已于 {lock.at.date()} 由{lock.actor}锁定，不能{what}；"
                f"确有必要的，先运行 oversight period unlock {period} --contract {contract} --reason 原因"
            )


@dataclass(frozen=True)
class PeriodChange:
    """What was done to a period."""

    action: Action
    period: str
    contracts: tuple[str, ...]
    at: datetime


def change_period(
    home: Home,
    action: Action,
    period: str,
    *,
    contract: str | None = None,
    reason: str | None = None,
    actor: str | None = None,
    now: datetime | None = None,
) -> PeriodChange:
    """Open a period before its day, lock it, or unlock it, as an event in the ledger.

    Args:
        contract: for this contract only; for all that have such a period if None.
        reason: needed to unlock.

    Raises:
        PeriodError: no contract has such a period, or it is in that state already, or it is not due yet (to lock).
        EventError: actor or reason not usable.
    """
    moment = (now or datetime.now()).replace(microsecond=0)
    chosen = _contracts_of(period, contract)
    why = checked_reason(reason) if action == "unlock" or reason else ""
    event = Event(
        at=moment, kind=_KINDS[action], actor=checked_actor(actor), reason=why, contract=contract, period=period
    )
    with home.locked(), open_ledger(home.ledger) as ledger:
        states = PeriodStates(ledger.events(PERIOD_KINDS))
        _require_change(states, action, period, chosen, moment)
        ledger.add([], events=[event])
    return PeriodChange(action, period, tuple(one.contract for one in chosen), moment)


def _contracts_of(period: str, contract: str | None) -> list[Contract]:
    contracts = load_contracts()
    try:
        frequency = frequency_of(period)
    except ValueError as error:
        raise PeriodError(str(error)) from error
    if contract is not None and contract not in contracts:
        raise PeriodError(f"没有报表“{contract}”，现有：{'、'.join(contracts)}")
    chosen = [one for one in contracts.values() if contract in (None, one.contract) and one.frequency == frequency]
    if not chosen:
        title = contracts[contract].title if contract else "各表"
        raise PeriodError(f"《{title}》没有 {period_title(period)} 这样的报告期")
    return chosen


def _require_change(
    states: PeriodStates, action: Action, period: str, contracts: list[Contract], moment: datetime
) -> None:
    title = period_title(period)
    locked = [one for one in contracts if states.lock_of(one.contract, period)]
    if action == "open" and all(states.opens_at(one.contract, period) <= moment for one in contracts):
        raise PeriodError(f"{title}已经开放收报（自 {states.opens_at(contracts[0].contract, period):%Y-%m-%d}）")
    if action == "lock":
        if len(locked) == len(contracts):
            raise PeriodError(f"{title}已经锁定")
        due = max(due_on(one, period) for one in contracts)
        if moment.date() <= due:
            raise PeriodError(f"{title}的报送期限是 {due}，过了期限才能锁定")
    if action == "unlock" and not locked:
        raise PeriodError(f"{title}没有锁定，不必解锁")

