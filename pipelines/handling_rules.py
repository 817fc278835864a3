"""The record of each warning rule: how often it fired, what became of it, and how long that took.

A rule whose warnings are closed as false alarms is too strict or asks the wrong thing; one that nobody acknowledges is
not read. Both show here, from the current snapshot (what fired) and the ledger (what was done).
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from data_contracts.working_days import working_days_between
from metrics.policies import load_policies
from metrics.read_layer import EVERYTHING, read_latest_warnings, read_meta
from metrics.snapshot import open_snapshot
from pipelines.handling import Handling, read_handling
from pipelines.home import Home
from pipelines.snapshots import current_snapshot_id, snapshot_path


@dataclass(frozen=True)
class RuleRecord:
    """What became of one rule's warnings.

    `fired`: warnings ever seen, in the current snapshot or the ledger; `standing`: those of its newest month; `issued`,
    `closed` (销号) and `dismissed` (误报): of those that were worked. Days are working days, the median over warnings
    from their first issue; None where there is none yet.
    """

    rule: str
    title: str
    fired: int
    standing: int
    issued: int
    closed: int
    dismissed: int
    days_to_acknowledge: float | None
    days_to_close: float | None

    @property
    def false_alarm_share(self) -> float | None:
        """Share of those that came to an end that ended as a false alarm; None where none has."""
        ended = self.closed + self.dismissed
        return self.dismissed / ended if ended else None

    def to_row(self) -> tuple[str, ...]:
        """Cells of one line of the list."""
        share, days = self.false_alarm_share, (self.days_to_acknowledge, self.days_to_close)
        counts = (self.fired, self.standing, self.issued, self.closed, self.dismissed)
        return (
            self.title, self.rule, *(str(count) for count in counts),
            "—" if share is None else f"{share:.0%}", *("—" if one is None else f"{one:g} 天" for one in days),
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {**asdict(self), "false_alarm_share": self.false_alarm_share}


def read_rule_records(home: Home) -> list[RuleRecord]:
    """Every rule that ever fired, the most often first; those in force that never did follow."""
    handled = read_handling(home)
    warnings, newest = _fired(home)
    rules = {one.warning_id: one.rule for one in handled.values()}
    rules |= {name: row["rule"] for name, row in warnings.items()}
    standing = {name for name, row in warnings.items() if row["period"] == newest}
    titles = _titles()
    found = []
    for rule in dict.fromkeys([*rules.values(), *titles]):
        names = [name for name, of in rules.items() if of == rule]
        worked = [handled[name] for name in names if name in handled]
        title = titles.get(rule, "（已不再执行）")
        found.append(_record(rule, title, len(names), len(standing.intersection(names)), worked))
    return sorted(found, key=lambda one: (-one.fired, one.rule))


def _record(rule: str, title: str, fired: int, standing: int, worked: Iterable[Handling]) -> RuleRecord:
    issued = [one for one in worked if _day(one, "issued") is not None]
    ended = [one.state for one in worked]
    return RuleRecord(
        rule, title, fired, standing, len(issued), ended.count("closed"), ended.count("dismissed"),
        _median_days(issued, "acknowledged"), _median_days(issued, "closed"),
    )  # fmt: skip


def _median_days(issued: Iterable[Handling], state: str) -> float | None:
    days = []
    for one in issued:
        begun, reached = _day(one, "issued"), _day(one, state)
        if begun is not None and reached is not None:
            days.append(working_days_between(begun, reached))
    return median(days) if days else None


def _day(handling: Handling, state: str) -> Any:
    """The day on which a warning first came to a state; None where it never did."""
    return next((step.at.date() for step in handling.steps if step.to_state == state), None)


def _fired(home: Home) -> tuple[dict[str, Mapping[str, Any]], str | None]:
    current = current_snapshot_id(home)
    if current is None:
        return {}, None
    connection = open_snapshot(snapshot_path(home, current))
    try:
        rows = read_latest_warnings(connection, EVERYTHING).to_dict("records")
        newest = read_meta(connection)["period"]
    finally:
        connection.close()
    return {row["warning_id"]: {str(name): value for name, value in row.items()} for row in rows}, newest


def _titles() -> dict[str, str]:
    policies = load_policies()
    newest = policies.at(max(version.valid_from for version in policies.versions))
    return {rule.rule: rule.title for rule in newest.rules}
