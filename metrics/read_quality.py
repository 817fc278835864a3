"""The part of the read layer that reads how far the data can be trusted: signals of integrity, scores, grades."""

import duckdb
import pandas as pd

from metrics.read_scope import Scope, run_query

Connection = duckdb.DuckDBPyConnection


def read_integrity_signals(
    connection: Connection, scope: Scope, *, period: str, within: str | None = None
) -> pd.DataFrame:
    """All that the integrity rules judged in filings of record at a month, least likely to be chance first."""
    return run_query(connection, "integrity_signals", scope, period=period, within=within)


def read_reporting_quality(
    connection: Connection, scope: Scope, *, period: str, within: str | None = None
) -> pd.DataFrame:
    """Reporting `score` (0–100) of each reporter and the shares (0–1) it is made of, worst first."""
    return run_query(connection, "reporting_quality", scope, period=period, within=within)


def read_reliability_counts(
    connection: Connection, scope: Scope, *, period: str, within: str | None = None
) -> pd.DataFrame:
    """Own cells at a month by dimension: of each grade, and without a value by why."""
    return run_query(connection, "reliability_counts", scope, period=period, within=within)
