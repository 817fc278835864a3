"""The clerk of one reporter: keeps its habits, and remembers what was accepted."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from data_contracts.contract import Contract
from data_contracts.periods import last_month
from pipelines.simulation.contents import Row
from pipelines.simulation.dirt import Habits
from pipelines.simulation.on_file import OnFile
from pipelines.simulation.supervision import Supervision


@dataclass(frozen=True)
class DueFiling:
    """What is to be filed: honest rows of a contract for a period."""

    contract: Contract
    period: str
    rows: list[Row]


@dataclass
class Clerk:
    """Files for one reporter into `out`; remembers what was accepted.

    `mark_from` is the month from which its first findings filing with rows carries a planted classification mark.
    `covered` holds, by event contract, the last day that an accepted filing covers; `registers` the codes of each
    accepted register of organisations, by quarter; `registered_at` when the first of them came; `on_file` all that
    was accepted.
    """

    supervision: Supervision
    habits: Habits
    out: Path
    mark_from: str | None = None
    covered: dict[str, date] = field(default_factory=dict)
    registers: dict[str, set[str]] = field(default_factory=dict)
    registered_at: datetime | None = None
    on_file: OnFile = field(default_factory=OnFile)

    def known_codes(self, period: str) -> set[str]:
        """Organisations that a filing for a period may name: of the last register before it, or of the first of all."""
        earlier = [quarter for quarter in self.registers if last_month(quarter) < last_month(period)]
        if earlier:
            return self.registers[max(earlier)]
        return next(iter(self.registers.values()), set())
