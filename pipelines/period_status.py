"""How a period stands: per contract what was due, what came, what went back, what is missing, whether it is locked."""

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from data_contracts.calendar import extension_of
from data_contracts.contract import Contract
from data_contracts.loading import load_contracts
from data_contracts.periods import frequency_of, last_month, period_of
from pipelines.expecting import expected_filings
from pipelines.home import Home
from pipelines.ledger import open_ledger
from pipelines.period_states import PERIOD_KINDS, PeriodError, PeriodStates


@dataclass(frozen=True)
class ContractStatus:
    """One contract in one of its periods; `filed` is on time or late. `state` is 未开放, 收报中, 已过期限 or 已锁定.

    `extended_for` says why the due day was put off, where it was.
    """

    contract: str
    title: str
    period: str
    opens_on: date
    due_on: date
    state: str
    expected: int
    filed: int
    late: int
    returned: int
    missing: int
    locked_on: date | None = None
    locked_by: str | None = None
    extended_for: str | None = None


def contracts_in(period: str, contract: str | None = None) -> list[tuple[Contract, str]]:
    """Contracts with the period that is meant: a month means every period that ends in it, a quarter or year itself.

    Raises:
        PeriodError: the period is malformed, or no contract has one.
    """
    contracts = load_contracts()
    if contract is not None and contract not in contracts:
        raise PeriodError(f"没有报表“{contract}”，现有：{'、'.join(contracts)}")
    try:
        frequency, month = frequency_of(period), last_month(period)
    except ValueError as error:
        raise PeriodError(str(error)) from error
    own = {"month": month, "quarter": period_of(month, "quarter"), "year": month[:4]}
    found = [
        (one, own[one.frequency])
        for one in contracts.values()
        if contract in (None, one.contract)
        and frequency in ("month", one.frequency)
        and last_month(own[one.frequency]) == month
    ]
    if not found:
        raise PeriodError(f"{period} 没有应报的报表")
    return found


def read_states(home: Home) -> PeriodStates:
    """The periods as the ledger's events leave them."""
    with open_ledger(home.ledger) as ledger:
        return PeriodStates(ledger.events(PERIOD_KINDS))


def period_status(
    home: Home, period: str, *, contract: str | None = None, now: datetime | None = None
) -> list[ContractStatus]:
    """Where each contract of a period stands.

    Raises:
        PeriodError: the period is malformed, or nothing is due in it.
    """
    moment, states = now or datetime.now(), read_states(home)
    chosen = contracts_in(period, contract)
    expected = expected_filings(home, last_month(period))
    return [_status(one, own, expected, states, moment) for one, own in chosen]


def _status(
    contract: Contract, period: str, expected: pd.DataFrame, states: PeriodStates, moment: datetime
) -> ContractStatus:
    mine = expected[(expected["contract"] == contract.contract) & (expected["period"] == period)]
    counts = mine["state"].value_counts()
    extension = extension_of(contract, period)
    due, lock = mine["due_on"].iloc[0].date(), states.lock_of(contract.contract, period)
    opens = states.opens_at(contract.contract, period)
    state = "已锁定" if lock else "未开放" if moment < opens else "收报中" if moment.date() <= due else "已过期限"
    return ContractStatus(
        contract=contract.contract, title=contract.title, period=period, opens_on=opens.date(), due_on=due, state=state,
        expected=len(mine), filed=int(counts.get("on_time", 0) + counts.get("late", 0)),
        late=int(counts.get("late", 0)), returned=int(counts.get("returned", 0)), missing=int(counts.get("missing", 0)),
        locked_on=lock.at.date() if lock else None, locked_by=lock.actor if lock else None,
        extended_for=extension.reason if extension else None,
    )  # fmt: skip
