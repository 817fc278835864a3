"""The part of the read layer that reads supervision: inspections and findings, qualified units, capacity, events.

Small counts of incidents and tips (:attr:`metrics.read_scope.Scope.least_count`) are hidden in the query itself from
readers outside the unit that filed them; null then, which is neither none nor silence.
"""

import duckdb
import pandas as pd

from data_contracts.periods import add_months, period_end
from metrics.read_scope import Scope, run_query

Connection = duckdb.DuckDBPyConnection
YEAR = 12


def read_inspection_work(
    connection: Connection, scope: Scope, *, period: str, within: str | None = None
) -> pd.DataFrame:
    """By reporter: `inspections` and `with_findings` of twelve months; findings `open`, of these `in_time`, `overdue`,
    `criticism_proposed`, `beyond` it (通报, 处分, 移送), and `to_verify`; `state` of the month's filing of findings."""
    since = add_months(period, -YEAR)
    return run_query(connection, "inspection_work", scope, period=period, since=since, within=within)


def read_findings_history(
    connection: Connection, scope: Scope, *, period: str, months: int = 24, within: str | None = None
) -> pd.DataFrame:
    """Findings `open` and `overdue` at the end of each month up to `period`."""
    first = add_months(period, 1 - months)
    return run_query(connection, "findings_history", scope, first=first, last=period, within=within)


def read_supervised_units(
    connection: Connection, scope: Scope, *, period: str, within: str | None = None
) -> pd.DataFrame:
    """Qualified units on the register of record, worst `unit_state` first, with last check and place filed."""
    return run_query(connection, "supervised_units", scope, period=period, day=period_end(period), within=within)


def read_capacity(connection: Connection, scope: Scope, *, period: str, within: str | None = None) -> pd.DataFrame:
    """Posts, budget and persons named of each bureau by its newest yearly filing; null where none came (`state`)."""
    return run_query(connection, "capacity", scope, period=period, within=within)


def read_event_counts(connection: Connection, scope: Scope, *, period: str, within: str | None = None) -> pd.DataFrame:
    """By reporter over twelve months: `incidents`, `confirmed`, `unclosed`, `tips`, `substantiated`, `alerts`; null is
    hidden."""
    since = add_months(period, -YEAR)
    return run_query(connection, "event_counts", scope, period=period, since=since, within=within)


def read_event_categories(
    connection: Connection, scope: Scope, *, period: str, within: str | None = None
) -> pd.DataFrame:
    """Incidents of twelve months by category of Art. 39; null: hidden."""
    since = add_months(period, -YEAR)
    return run_query(connection, "event_categories", scope, period=period, since=since, within=within)


def read_organisation(connection: Connection, scope: Scope, *, organisation_code: str) -> pd.DataFrame:
    """One organisation as last filed; empty if it is unknown or out of scope."""
    return run_query(connection, "supervised_organisation", scope, organisation_code=organisation_code)


def read_organisations(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Every organisation as last filed: `organisation_code`, `organisation_name`, `division_code`."""
    return run_query(connection, "search_organisations", scope)
