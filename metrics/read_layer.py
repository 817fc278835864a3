"""Frames for pages, notebooks and exports: the only door to a snapshot's figures.

Every function takes an open snapshot and a :class:`Scope`; the scope is applied inside the query, so no caller can
forget it. Frames come back empty, with their columns, where there is nothing (or nothing that the reader may see).
SQL stands in `metrics/read/*.sql`.
"""

from dataclasses import replace
from typing import Any

import duckdb
import pandas as pd

from data_contracts.periods import add_months, period_end, period_of_record
from metrics.facts import load_facts
from metrics.read_scope import EVERYTHING as EVERYTHING
from metrics.read_scope import Scope as Scope
from metrics.read_scope import run_query
from metrics.read_statistics import read_cell_statistics as read_cell_statistics
from metrics.read_statistics import read_control_chart as read_control_chart
from metrics.read_statistics import read_funnel_limits as read_funnel_limits
from metrics.tracing import Trace, TraceError, trace_cell

Connection = duckdb.DuckDBPyConnection


def read_meta(connection: Connection) -> dict[str, str]:
    """What the snapshot says of itself: id, period, first_period, built_at, is_simulated, completeness, marking."""
    frame = run_query(connection, "meta", EVERYTHING)
    return dict(zip(frame["key"], frame["value"], strict=True))


def read_periods(connection: Connection) -> list[str]:
    """Months for which there are figures, newest first."""
    return run_query(connection, "periods", EVERYTHING)["period"].tolist()


def read_divisions(connection: Connection, scope: Scope, period: str) -> pd.DataFrame:
    """Divisions that stand at a month's end and that the reader may see."""
    return run_query(connection, "divisions", scope, day=period_end(period))


def read_readings(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Readings (`scope_code`, `scope`) that the reader may see."""
    return run_query(connection, "readings", scope)


def read_cells(connection: Connection, scope: Scope, *, scope_code: str, reading: str, period: str) -> pd.DataFrame:
    """Every indicator of one reading at a month: catalogue, `numerator`, `denominator`, `value`, bounds, `outcome`,
    `target` in force then, and `change` from the month before (null unless both months have a value)."""
    return run_query(
        connection,
        "cells",
        scope,
        scope_code=scope_code,
        reading=reading,
        period=period,
        before=add_months(period, -1),
        day=period_end(period),
    )


def read_cell_history(
    connection: Connection,
    scope: Scope,
    *,
    scope_code: str,
    reading: str,
    period: str,
    months: int = 24,
    indicator: str | None = None,
) -> pd.DataFrame:
    """Values of one reading over the months up to `period`; all indicators unless one is named."""
    return run_query(
        connection,
        "cell_history",
        scope,
        scope_code=scope_code,
        reading=reading,
        indicator=indicator,
        first=add_months(period, 1 - months),
        last=period,
    )


def read_indicator_ranking(
    connection: Connection, scope: Scope, *, indicator: str, reading: str, period: str
) -> pd.DataFrame:
    """One indicator over its peers: every reporter's 本级, or the 全域 of prefectures and 兵团 divisions."""
    return run_query(connection, "indicator_ranking", scope, indicator=indicator, reading=reading, period=period)


def read_indicator_groups(
    connection: Connection, scope: Scope, *, indicator: str, scope_code: str, reading: str, period: str
) -> pd.DataFrame:
    """One indicator of one reading, by sector and by level of organisation (`group_kind`, `group_title`)."""
    return run_query(
        connection,
        "indicator_groups",
        scope,
        indicator=indicator,
        scope_code=scope_code,
        reading=reading,
        period=period,
    )


def read_region_columns(connection: Connection, scope: Scope, *, indicator: str, period: str) -> pd.DataFrame:
    """One indicator of 全区, 兵团, 边境县市 and 重点区域 side by side; only for readers of the whole region."""
    return run_query(connection, "region_columns", scope, indicator=indicator, period=period)


def read_score_columns(connection: Connection, scope: Scope, *, period: str) -> pd.DataFrame:
    """The index of 全区, 兵团, 边境县市 and 重点区域 side by side; none of them is ranked."""
    return run_query(connection, "score_columns", scope, period=period, before=add_months(period, -1))


def read_scores(
    connection: Connection, scope: Scope, *, reading: str, period: str, within: str | None = None
) -> pd.DataFrame:
    """Index of every reading of a kind at a month, worst first; `within` keeps the members of an area."""
    return run_query(
        connection, "scores", scope, reading=reading, period=period, before=add_months(period, -1), within=within
    )


def read_score_history(
    connection: Connection, scope: Scope, *, scope_code: str, reading: str, period: str, months: int = 24
) -> pd.DataFrame:
    """Index of one reading over the months up to `period`."""
    return run_query(
        connection,
        "score_history",
        scope,
        scope_code=scope_code,
        reading=reading,
        first=add_months(period, 1 - months),
        last=period,
    )


def read_score_parts(
    connection: Connection, scope: Scope, *, scope_code: str, reading: str, period: str
) -> pd.DataFrame:
    """What dimensions and indicators (`level`) add to one index, largest first."""
    return run_query(connection, "score_parts", scope, scope_code=scope_code, reading=reading, period=period)


def read_score_changes(
    connection: Connection, scope: Scope, *, scope_code: str, reading: str, period: str
) -> pd.DataFrame:
    """Why one index moved from the month before: `value_part`, `coverage_part`, `policy_part` and `change` in points,
    by dimension and indicator (`level`), worsening first; empty where one of the months has no score."""
    return run_query(connection, "score_changes", scope, scope_code=scope_code, reading=reading, period=period)


def read_trace(
    connection: Connection, scope: Scope, *, indicator: str, scope_code: str, reading: str, period: str
) -> Trace | None:
    """One cell explained down to its filed rows; None where it does not exist or the reader may not see it all."""
    visible = read_readings(connection, scope)
    if visible[(visible["scope_code"] == scope_code) & (visible["scope"] == reading)].empty:
        return None
    try:
        trace = trace_cell(connection, indicator, scope_code, period, reading)
    except TraceError:
        return None
    return _as_shown(connection, scope, trace)


def _as_shown(connection: Connection, scope: Scope, trace: Trace) -> Trace:
    """The trace without what the reader may not see of incidents, tips and alerts: few of them, and single ones."""
    fact = load_facts().facts.get(trace.definition["fact"])
    if scope.divisions is None or fact is None or not fact.hides_small_counts:
        return trace
    rows = tuple(row for row in trace.rows if row.division_code in scope.own)
    trace = replace(trace, rows=rows, rows_hidden=len(trace.rows) - len(rows))
    cell = read_cell_history(
        connection, scope, scope_code=trace.scope_code, reading=trace.scope, period=trace.period, months=1,
        indicator=trace.indicator,
    )  # fmt: skip
    if cell["outcome"].item() != "hidden":
        return trace
    return replace(trace, value=None, numerator=None, denominator=None, lower=None, upper=None, outcome="hidden",
                   rows_hidden=0)


def read_main_reasons(connection: Connection, scope: Scope, *, reading: str, period: str) -> dict[str, list[str]]:
    """Titles of the two indicators that add most to each index, by `scope_code`."""
    frame = run_query(connection, "main_reasons", scope, reading=reading, period=period)
    return {code: list(reasons) for code, reasons in zip(frame["scope_code"], frame["reasons"], strict=True)}


def read_warnings(connection: Connection, scope: Scope, *, period: str, within: str | None = None) -> pd.DataFrame:
    """Warnings that stand at a month, worst tier and nearest deadline first."""
    return run_query(connection, "warnings", scope, period=period, within=within)


def read_warning_rollup(
    connection: Connection, scope: Scope, *, period: str, within: str | None = None
) -> pd.DataFrame:
    """Warnings that stand at a month, those of counties as one line per prefecture and rule (`is_rolled_up`).

    A line has its worst `tier`, how many `warnings` of how many `divisions` it stands for, how many of each tier
    (`red`, `orange`, `yellow`, `blue`), how many are `new` or `cleared`, the nearest `respond_by` of those not cleared,
    the `title` of the worst, and `warning_ids`, worst first, to open it. Counts only what the reader may see.
    """
    return run_query(connection, "warning_rollup", scope, period=period, within=within)


def read_warning_history(connection: Connection, scope: Scope, *, warning_id: str) -> pd.DataFrame:
    """One warning in every month in which it stood, oldest first; empty if it is unknown or out of scope."""
    return run_query(connection, "warning_history", scope, warning_id=warning_id)


def read_latest_warnings(
    connection: Connection, scope: Scope, *, warning_ids: list[str] | None = None
) -> pd.DataFrame:
    """Each warning in the last month in which it stood, whether it still stands or not; all, or those named."""
    return run_query(connection, "latest_warnings", scope, warning_ids=warning_ids)


def read_warning_counts(
    connection: Connection, scope: Scope, *, period: str, months: int = 12, within: str | None = None
) -> pd.DataFrame:
    """`warnings` by `period` and `tier` over the months up to `period`."""
    return run_query(
        connection, "warning_counts", scope, first=add_months(period, 1 - months), last=period, within=within
    )


def read_warning_evidence(connection: Connection, scope: Scope, *, warning_id: str, period: str) -> pd.DataFrame:
    """The filed rows that a warning rests on: contract, filing, file, sheet, row and what it says."""
    return run_query(connection, "warning_evidence", scope, warning_id=warning_id, period=period)


def read_warning_dimensions(connection: Connection, scope: Scope, *, period: str) -> dict[str, str]:
    """Dimension of each warning that stands at a month, by `warning_id`; a warning of none is left out."""
    frame = run_query(connection, "warning_dimensions", scope, period=period).dropna()
    return dict(zip(frame["warning_id"], frame["dimension"], strict=True))


def read_measures(connection: Connection, scope: Scope, *, period: str, within: str | None = None) -> pd.DataFrame:
    """Ledger of measures by organisation at a month (Art. 41): the gravest step that it stands at, worst first.

    Each has how many `findings` are at which step (`ordered`, `overdue`, `criticism_proposed`, `criticised`,
    `sanction_proposed`, `referred`), since when (`since_on`), the nearest day of what comes next (`act_by`), and how
    many are overdue (`overdue_steps`, `days_overdue` at most). Organisations with all mended are left out.
    """
    return run_query(connection, "measures", scope, period=period, within=within)


def read_measure_steps(
    connection: Connection, scope: Scope, *, organisation_code: str, period: str
) -> pd.DataFrame:
    """Every finding of one organisation in the ledger of measures at a month, with the day of each step."""
    return run_query(connection, "measure_steps", scope, organisation_code=organisation_code, period=period)


def read_finding(connection: Connection, scope: Scope, *, finding_code: str, period: str) -> pd.DataFrame:
    """One finding as of a month, columns as staged, with `organisation_name`, `division_name`; empty if unknown."""
    return run_query(connection, "finding", scope, finding_code=finding_code, period=period)


def read_ledger(
    connection: Connection, scope: Scope, *, ledger: str, period: str, within: str | None = None
) -> pd.DataFrame:
    """The ledger `findings`, `incidents` or `qualified_units` as of a month, columns as staged, with `division_name`,
    `short_name` and where there is one `organisation_name`; findings also with `measure` and `days_overdue`."""
    when = {"quarter": period_of_record(period, "quarter")} if ledger == "qualified_units" else {"period": period}
    return run_query(connection, f"ledger_{ledger}", scope, within=within, **when)


def read_expected_filings(
    connection: Connection, scope: Scope, *, period: str, within: str | None = None
) -> pd.DataFrame:
    """What was due of record at a month and what became of it (`state`), by contract and reporter."""
    return run_query(connection, "expected_filings", scope, period=period, within=within)


def read_expected_filing(
    connection: Connection, scope: Scope, *, contract: str, division_code: str, period: str
) -> pd.DataFrame:
    """One expected filing; `period` is the contract's own."""
    return run_query(
        connection, "expected_filing", scope, contract=contract, division_code=division_code, period=period
    )


def read_filing_history(
    connection: Connection, scope: Scope, *, division_code: str, period: str, count: int = 12
) -> pd.DataFrame:
    """One reporter's expected filings over the newest `count` periods of each contract."""
    return run_query(connection, "filing_history", scope, division_code=division_code, period=period, count=count)


def read_filings(connection: Connection, scope: Scope, *, period: str, within: str | None = None) -> pd.DataFrame:
    """Every submission for the periods of record at a month, newest first."""
    return run_query(connection, "filings", scope, period=period, received_month=add_months(period, 1), within=within)


def read_submissions(
    connection: Connection, scope: Scope, *, contract: str, division_code: str, period: str
) -> pd.DataFrame:
    """Every submission of one contract, reporter and period, first to last."""
    return run_query(connection, "submissions", scope, contract=contract, division_code=division_code, period=period)


def read_filing(connection: Connection, scope: Scope, *, filing_id: str) -> pd.DataFrame:
    """One submission; empty if it is unknown or out of scope."""
    return run_query(connection, "filing", scope, filing_id=filing_id)


def read_faults(connection: Connection, scope: Scope, *, filing_id: str) -> pd.DataFrame:
    """Faults of one submission, mandatory first."""
    return run_query(connection, "faults", scope, filing_id=filing_id)


def read_filed_row(
    connection: Connection, scope: Scope, *, contract: str, filing_id: str, sheet: str, row: int
) -> dict[str, Any] | None:
    """One filed row, columns as staged; None if there is no such row or it is out of scope.

    Raises:
        ValueError: the snapshot knows no such contract (so no other table can be named).
    """
    if contract not in set(read_contracts(connection)["contract"]):
        raise ValueError(f"快照中没有报表 {contract}")
    frame = run_query(connection, "filed_row", scope, contract=contract, filing_id=filing_id, sheet=sheet, row=row)
    return None if frame.empty else {str(name): value for name, value in frame.iloc[0].items()}


def read_indicators(connection: Connection) -> pd.DataFrame:
    """The catalogue of indicators as the snapshot was computed with."""
    return run_query(connection, "indicators", EVERYTHING)


def read_target(connection: Connection, indicator: str, period: str) -> float | None:
    """The target of an indicator in force at a month's end; None where policy sets none."""
    found = run_query(connection, "target", EVERYTHING, indicator=indicator, day=period_end(period))["target"].dropna()
    return None if found.empty else float(found.iloc[0])


def read_contracts(connection: Connection) -> pd.DataFrame:
    """The contracts: title, kind, frequency, articles."""
    return run_query(connection, "contracts", EVERYTHING)


def read_contract_columns(connection: Connection, contract: str) -> pd.DataFrame:
    """Columns of a contract as in its template: title, kind, unit, help."""
    return run_query(connection, "contract_columns", EVERYTHING, contract=contract)


def read_codes(connection: Connection, contract: str) -> pd.DataFrame:
    """Code lists of a contract: `column_name`, `code`, `title`."""
    return run_query(connection, "codes", EVERYTHING, contract=contract)


def read_policies(connection: Connection) -> pd.DataFrame:
    """Dated policy: weights, targets, cut-offs, rules, with source and reason."""
    return run_query(connection, "policies", EVERYTHING)
