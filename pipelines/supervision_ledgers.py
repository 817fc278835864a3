"""The supervision ledgers 台账 of an area at a month: findings, warnings, incidents, qualified units, filings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from data_contracts.divisions import REGION_CODE, load_divisions
from data_contracts.periods import frequency_of, period_title
from metrics import read_layer
from metrics.measures import MEASURE_TITLES
from metrics.read_layer import EVERYTHING, Scope
from metrics.snapshot import open_snapshot
from metrics.warning_definitions import TIER_TITLES
from pipelines.accounts.issuing import issue_of
from pipelines.events import checked_actor
from pipelines.handling import read_handling, state_title
from pipelines.home import Home
from pipelines.ledger_workbooks import LedgerColumn, LedgerSheet, ledger_workbook
from pipelines.papers.errors import PaperError
from pipelines.papers.writing import write_whole
from pipelines.snapshots import current_snapshot_id, snapshot_path

STATUS_TITLES = {"new": "新出现", "continuing": "持续", "raised": "升级", "lowered": "降级"}
FILING_TITLES = {"on_time": "按时", "late": "迟报", "returned": "退回未改", "missing": "未报"}
_DIVISION = (LedgerColumn("division_code", "区划代码", 10), LedgerColumn("short_name", "单位所在地", 14))


# Free text may tell more than a printed list ought to; the code of an organisation stands beside its name no longer.
_LEFT_OUT = ("explanation", "organisation_code")


@dataclass(frozen=True)
class Place:
    """Where and when a ledger stands."""

    connection: duckdb.DuckDBPyConnection
    scope: Scope
    period: str
    within: str | None


def write_ledgers(
    home: Home, period: str, scope_code: str, out: Path, *, scope: Scope = EVERYTHING, actor: str | None = None,
    address: str = "",
) -> Path:  # fmt: skip
    """Write the five ledgers of an area as one workbook, entered in the audit chain first; its path.

    Args:
        actor: the post or account that is entered.
        address: where the reader's browser is.

    Raises:
        MendableError: nothing is published, the month is not in it, there is no such area or nothing in it, or the
            folder cannot be written to.
    """
    checked_actor(actor)
    snapshot_id = current_snapshot_id(home)
    if snapshot_id is None:
        raise PaperError("还没有发布过快照：先运行 oversight build，再运行 oversight publish")
    names = load_divisions().set_index("division_code")["name"]
    if scope_code not in names.index:
        raise PaperError(f"没有区划 {scope_code}；例：650000 全区，652900 阿克苏地区")
    connection = open_snapshot(snapshot_path(home, snapshot_id))
    try:
        meta, months = read_layer.read_meta(connection), read_layer.read_periods(connection)
        _check_month(period, months, snapshot_id)
        within = None if scope_code == REGION_CODE else scope_code
        sheets = _sheets(home, Place(connection, scope, period, within))
    finally:
        connection.close()
    title = "全区（含兵团）" if within is None else str(names[scope_code])
    if not any(len(sheet.frame) for sheet in sheets):
        raise PaperError(f"{title}（{scope_code}）在{period_title(period)}没有任何数据，写不成台账")
    content = ledger_workbook(sheets, f"{title}　{period_title(period)}", meta)
    path = out / f"监管台账_{scope_code}_{period}.xlsx"
    issue = issue_of(home, "ledger_issued", actor, address=address, 报告期=period, 范围=title, 快照=snapshot_id)
    write_whole(path, content, issue)
    return path


def _check_month(period: str, months: list[str], snapshot_id: str) -> None:
    try:
        frequency = frequency_of(period)
    except ValueError as error:
        raise PaperError(str(error)) from error
    if frequency != "month":
        raise PaperError(f"台账按月出，报告期应写成 2026-09 这样，而不是“{period}”")
    if period not in months:
        raise PaperError(f"{period_title(period)}尚未发布（当前发布版 {snapshot_id} 有 {months[-1]} 至 {months[0]}）")


def _sheets(home: Home, place: Place) -> list[LedgerSheet]:
    connection, period, within = place.connection, place.period, place.within
    warnings = read_layer.read_warnings(connection, place.scope, period=period, within=within)
    handled = read_handling(home)
    warnings = warnings.assign(
        tier=warnings["tier"].map(TIER_TITLES), status=warnings["status"].map(STATUS_TITLES),
        state=[state_title(handled[one].state) if one in handled else "尚未办理" for one in warnings["warning_id"]],
    )  # fmt: skip
    expected = read_layer.read_expected_filings(connection, place.scope, period=period, within=within)
    expected = expected.assign(state=expected["state"].map(FILING_TITLES), period=expected["period"].map(period_title))
    # Single incidents of others are listed to who receives every filing only (metrics/read/ledger_incidents.sql).
    incidents_title = "事件" if place.scope.divisions is None else "事件（仅列本单位所报）"
    findings = _filed(place, "findings")
    findings["measure"] = findings["measure"].map(MEASURE_TITLES)
    findings["days_overdue"] = findings["days_overdue"].where(findings["days_overdue"] > 0)
    return [
        LedgerSheet("问题整改", findings, (*_DIVISION, LedgerColumn("organisation_name", "单位", 26), *_columns(
            place, "findings"), LedgerColumn("measure", "所处环节", 14), LedgerColumn("days_overdue", "逾期天数", 9))),
        LedgerSheet("预警", warnings, (*_DIVISION, *_WARNING_COLUMNS)),
        LedgerSheet(incidents_title, _filed(place, "incidents"), (
            *_DIVISION, LedgerColumn("organisation_name", "单位", 26), *_columns(place, "incidents"))),
        LedgerSheet("资质单位", _filed(place, "qualified_units"), (*_DIVISION, *_columns(place, "qualified_units"))),
        LedgerSheet("报送", expected, (*_DIVISION, *_FILING_COLUMNS)),
    ]  # fmt: skip


_WARNING_COLUMNS = (
    LedgerColumn("warning_id", "预警编号", 20), LedgerColumn("tier", "等级", 9), LedgerColumn("status", "动向", 8),
    LedgerColumn("title", "事项", 26), LedgerColumn("subject_title", "对象", 26), LedgerColumn("message", "内容", 48),
    LedgerColumn("article", "条款", 7), LedgerColumn("measure", "建议措施", 36),
    LedgerColumn("first_seen_on", "首次出现", 12), LedgerColumn("respond_by", "答复期限", 12),
    LedgerColumn("state", "办理状态", 12),
)  # fmt: skip
_FILING_COLUMNS = (
    LedgerColumn("contract_title", "报表", 24), LedgerColumn("period", "报告期", 14),
    LedgerColumn("due_on", "期限", 12),
    LedgerColumn("state", "情形", 10), LedgerColumn("received_at", "收到时间", 17),
    LedgerColumn("attempts", "报送次数", 9),
)  # fmt: skip


def _filed(place: Place, contract: str) -> pd.DataFrame:
    """Rows of a contract's ledger, codes told in words."""
    frame = read_layer.read_ledger(
        place.connection, place.scope, ledger=contract, period=place.period, within=place.within
    )
    codes = read_layer.read_codes(place.connection, contract)
    for column, known in codes.groupby("column_name"):
        titles: Mapping[Any, Any] = dict(zip(known["code"], known["title"], strict=True))
        if column in frame:
            frame[column] = [titles.get(value, value) for value in frame[column]]
    return frame


def _columns(place: Place, contract: str) -> list[LedgerColumn]:
    """The contract's own columns in their order."""
    known = read_layer.read_contract_columns(place.connection, contract)
    return [
        LedgerColumn(str(row["column_name"]), str(row["title"]), {"string": 18, "date": 12}.get(str(row["kind"]), 13))
        for row in known.to_dict("records")
        if row["column_name"] not in _LEFT_OUT
    ]
