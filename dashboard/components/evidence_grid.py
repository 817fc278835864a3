"""Grids of filed rows: what a warning rests on, what a number is made of. A click shows the row itself."""

from typing import Any

import pandas as pd
from dash.development.base_component import Component

from dashboard.components.cards import empty_state
from dashboard.components.tables import ROW_HEIGHT, grid
from dashboard.formats import format_count, short_period
from dashboard.frames import Record, records
from dashboard.gather.filed_row import row_target
from dashboard.ids import drawer as ids
from dashboard.stand import Stand
from dashboard.wording import OUTCOME_REASONS
from metrics.tracing import Trace, TraceRow

SHOWN_ROWS = 500
_MOST_VISIBLE = 9
TALL = 420


def warning_evidence_grid(stand: Stand, evidence: pd.DataFrame) -> Component:
    """File, sheet and row of each piece of evidence, and what it says."""
    if evidence.empty:
        return empty_state("没有原始行", "这条预警是因为该报的没有报，没有可以列出的行。")
    columns = [
        # The whole name: who has to find the file in a folder needs its end as much as its beginning.
        {
            "field": "file",
            "headerName": "文件",
            "width": 186,
            "wrapText": True,
            "autoHeight": True,
            "cellClass": "wrapped",
        },
        {"field": "sheet", "headerName": "工作表", "width": 92},
        {"field": "row", "headerName": "行", "width": 52, "type": "rightAligned"},
        {
            "field": "detail",
            "headerName": "说明",
            "flex": 1,
            "minWidth": 190,
            "wrapText": True,
            "autoHeight": True,
            "cellClass": "wrapped",
        },
    ]
    rows = [_evidence_row(stand, entry) for entry in records(evidence)]
    return grid(
        ids.EVIDENCE, columns, rows, height=None if len(rows) <= _MOST_VISIBLE else TALL, class_name="evidence-grid"
    )


def _evidence_row(stand: Stand, entry: Record) -> dict[str, Any]:
    return {
        "file": entry["file_name"] or "未收到",
        "sheet": entry["sheet"] or "",
        "row": entry["row"],
        "detail": entry["detail"],
        "href": _row_href(stand, entry["contract"], entry["filing_id"], entry["sheet"], entry["row"]),
    }


def contributing_grid(stand: Stand, trace: Trace) -> Component:
    """The rows that sum to a cell, those that fall short first."""
    if not trace.rows:
        if trace.outcome == "hidden" or trace.rows_hidden:
            return empty_state("不逐行列出", OUTCOME_REASONS["hidden"])
        return empty_state("没有计入的行", "没有收到属于这个数的行。")
    with_sheet = any(entry.row is not None for entry in trace.rows)
    sides = "天数/计入" if trace.definition["kind"] == "duration" else "分子/分母"
    columns: list[dict[str, Any]] = [
        {"field": "division", "headerName": "填报单位", "width": 104, "tooltipField": "division", "pinned": "left"},
        {"field": "subject", "headerName": "对象", "width": 158, "tooltipField": "subject"},
        {"field": "parts", "headerName": sides, "width": 82, "type": "rightAligned"},
        {"field": "file", "headerName": "文件", "flex": 1, "minWidth": 120, "tooltipField": "file"},
    ]
    if with_sheet:
        columns += [
            {"field": "sheet", "headerName": "工作表", "width": 92},
            {"field": "row", "headerName": "行", "width": 50, "type": "rightAligned"},
        ]
    shown = sorted(trace.rows, key=lambda entry: _goodness(trace, entry))[:SHOWN_ROWS]
    rows = [_contributing_row(stand, trace, entry) for entry in shown]
    return grid(ids.CONTRIBUTING, columns, rows, height=_height(len(rows)), class_name="evidence-grid")


def _goodness(trace: Trace, entry: TraceRow) -> float:
    """What falls short sorts first: a missing numerator where more is better, a present one where less is."""
    if trace.definition["direction"] == "higher_is_better":
        return entry.numerator_part - entry.denominator_part
    return -entry.numerator_part


def _contributing_row(stand: Stand, trace: Trace, entry: TraceRow) -> dict[str, Any]:
    name = stand.short_name(entry.division_code)
    is_filing = entry.row is None
    subject = f"{entry.contract_title} {short_period(entry.period)}" if is_filing and entry.period else entry.subject
    if is_filing:
        target = f"due:{entry.contract}:{entry.division_code}:{entry.period}"
        href: str | None = stand.view.href(explain=target, row=None)
    else:
        href = _row_href(stand, entry.contract, entry.filing_id, entry.sheet, entry.row)
    return {
        "division": name,
        "subject": subject,
        "parts": f"{format_count(entry.numerator_part)}/{format_count(entry.denominator_part)}",
        "file": entry.file_name or "未收到",
        "sheet": entry.sheet or "",
        "row": entry.row,
        "href": href,
    }


def _row_href(stand: Stand, contract: str, filing_id: str | None, sheet: str | None, row: int | None) -> str | None:
    if not filing_id or row is None:
        return None
    return stand.view.href(row=row_target(contract, filing_id, sheet or "", int(row)))


def _height(rows: int) -> int:
    return (min(rows, _MOST_VISIBLE) + 1) * ROW_HEIGHT + 4
