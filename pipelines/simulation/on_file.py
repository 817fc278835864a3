"""What a clerk knows to be on file: the filings accepted so far, and what a check that looks back can see of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from data_contracts.contract import Contract
from data_contracts.periods import last_month
from pipelines.simulation.contents import Row

USUAL_FILINGS = 8  # a reporter's own usual range is taken over so many filings


@dataclass(frozen=True)
class Accepted:
    """One accepted filing: of which contract and period, when it came, and its rows."""

    contract: Contract
    period: str
    received_at: datetime
    rows: list[Row]


@dataclass(frozen=True)
class Past:
    """What is on file when a filing is judged: `earlier` filings of its contract, oldest first, and `others`' rows.

    `others` holds, by contract, the rows of all accepted filings of the other contracts, oldest first.
    """

    earlier: Sequence[Sequence[Row]] = ()
    others: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def previous(self) -> Sequence[Row] | None:
        """Rows of the newest earlier filing; None if there is none."""
        return self.earlier[-1] if self.earlier else None

    def newest(self, contract: str, key: str) -> dict[object, Row]:
        """The newest row of another contract by the value of its column `key`."""
        return {row[key]: row for row in self.others.get(contract, ())}


@dataclass
class OnFile:
    """Every accepted filing of one reporter."""

    filings: list[Accepted] = field(default_factory=list)

    def pasts(self, contract: str, period: str, moment: datetime) -> Iterator[Past]:
        """What may be on file for a filing that comes at `moment`.

        What had come before the moment; and all that there is for earlier periods, since a correction of this filing
        may come after corrections of those.
        """
        yield self._past(contract, period, [one for one in self.filings if one.received_at < moment])
        yield self._past(contract, period, self.filings)

    def _past(self, contract: str, period: str, filings: list[Accepted]) -> Past:
        ordered = sorted(filings, key=lambda one: (last_month(one.period), one.received_at))
        mine = {one.period: one.rows for one in ordered if one.contract.contract == contract and one.period < period}
        others: dict[str, list[Row]] = {}
        for one in ordered:
            if one.contract.contract != contract:
                others.setdefault(one.contract.contract, []).extend(one.rows)
        return Past(list(mine.values())[-USUAL_FILINGS:], others)
