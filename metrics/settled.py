"""Months that an earlier snapshot has settled: taken over as they stand, while only those after them are computed.

    settled_<table> (months before `open_from`) ──────────────┐
    <table> (the open months, and the month before them) ─────┴─ join ── <table> (all months)

What a month holds hangs on that month's filings and on those before it alone; so nothing that came for `open_from` or a
later month can have changed an earlier one. The month before is computed once more and thrown away: what compares a
month with the one before it then needs to know nothing of settled months.
"""

from dataclasses import dataclass, field

import duckdb

from data_contracts.periods import add_months
from metrics.facts import define_last_month, load_facts

PREFIX = "settled_"
# Derived tables with a row per something and month; `integrity_signals` by the contract's own period.
_OF_MONTHS = (
    "months", "periods_of_record", "coverage", "cells", "cell_statistics", "reporting_scores", "measures",
    "integrity_signals", "index_scores", "index_parts", "index_changes", "warnings", "warning_evidence", "sightings",
    "untold_evidence",
)  # fmt: skip
# Derived tables that are written whole each time: they say by what was computed.
_WHOLE = ("indicators", "indicator_rhythms", "policies")

def tables_of_months() -> tuple[str, ...]:
    """Every derived table of which the settled months are taken over."""
    return (*_OF_MONTHS, *(fact.table for fact in load_facts().facts.values()))


def set_aside(connection: duckdb.DuckDBPyConnection, tables: tuple[str, ...]) -> None:
    """Give tables of the earlier snapshot the names under which they wait."""
    for table in tables:
        connection.execute(f'ALTER TABLE "{table}" RENAME TO "{PREFIX}{table}"')


@dataclass
class Settled:
    """The settled months of a snapshot under computation, which began as a copy of an earlier one.

    Attributes:
        connection: holds the tables of the earlier snapshot.
        open_from: the first month to be computed.
        first_period: the first month of the record, which lies before it.
    """

    connection: duckdb.DuckDBPyConnection
    open_from: str
    first_period: str
    _waiting: set[str] = field(default_factory=set)

    @property
    def first_computed(self) -> str:
        """The month before `open_from`, or the first of the record."""
        return max(add_months(self.open_from, -1), self.first_period)

    def set_aside(self) -> None:
        """Let the settled months of all derived tables wait; the open ones are gone."""
        define_last_month(self.connection)
        for table in _WHOLE:
            self.connection.execute(f'DROP TABLE "{table}"')
        set_aside(self.connection, tables_of_months())
        for table in tables_of_months():
            self.connection.execute(
                f'DELETE FROM "{PREFIX}{table}" WHERE last_month(period) >= $open_from', {"open_from": self.open_from}
            )
        self._waiting = set(tables_of_months())

    def join(self, *tables: str) -> None:
        """Put the settled months of tables together with those that were computed."""
        for table in tables:
            self.connection.execute(
                f'INSERT INTO "{PREFIX}{table}" BY NAME SELECT * FROM "{table}" WHERE last_month(period) >= $open_from',
                {"open_from": self.open_from},
            )
            self.connection.execute(f'DROP TABLE "{table}"')
            self.connection.execute(f'ALTER TABLE "{PREFIX}{table}" RENAME TO "{table}"')
            self._waiting.remove(table)

    def join_all(self) -> None:
        """Put together what still waits."""
        self.join(*sorted(self._waiting))
