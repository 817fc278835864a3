"""Ledgers as an xlsx that prints: frozen heads, filters, a count that follows the filter. Writes text as text only.

A cell that begins with = + - or @ is what somebody filed, and must never be taken for a formula: every text goes in by
`write_string`.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import xlsxwriter

_HEADER_ROW = 3
_MOST_WIDTH, _MOST_ON_A4 = 50, 150


@dataclass(frozen=True)
class LedgerColumn:
    """One column: name in the frame, title, width in characters."""

    name: str
    title: str
    width: float


@dataclass(frozen=True)
class LedgerSheet:
    """One ledger: its title, its rows and which of their columns are shown."""

    title: str
    frame: pd.DataFrame
    columns: tuple[LedgerColumn, ...]


def ledger_workbook(sheets: Sequence[LedgerSheet], where: str, meta: Mapping[str, str]) -> bytes:
    """The workbook; the same ledgers give the same bytes."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        workbook.set_properties({
            "title": f"监管台账　{where}", "subject": f"快照 {meta.get('snapshot_id', '')}",
            "comments": meta.get("marking", ""), "created": datetime.fromisoformat(meta["built_at"]),
        })  # fmt: skip
        formats = _formats(workbook)
        for sheet in sheets:
            _write_sheet(workbook.add_worksheet(sheet.title), sheet, where, meta, formats)
    return buffer.getvalue()


def _formats(workbook: Any) -> dict[str, Any]:
    font = {"font_name": "微软雅黑", "font_size": 10}
    base = {**font, "valign": "top", "text_wrap": True, "bottom": 1, "bottom_color": "#D9DEE3"}
    return {
        "title": workbook.add_format({**font, "font_size": 16, "bold": True, "font_color": "#16283F"}),
        "note": workbook.add_format({**font, "font_color": "#51606E"}),
        "head": workbook.add_format({**font, "bold": True, "font_color": "#FFFFFF", "bg_color": "#16283F",
                                     "align": "center", "valign": "vcenter", "text_wrap": True}),
        "text": workbook.add_format(base), "number": workbook.add_format({**base, "num_format": "#,##0.##"}),
        "date": workbook.add_format({**base, "num_format": "yyyy-mm-dd", "align": "center"}),
        "time": workbook.add_format({**base, "num_format": "yyyy-mm-dd hh:mm", "align": "center"}),
        "total": workbook.add_format({**font, "bold": True, "font_color": "#16283F"}),
    }  # fmt: skip


def _write_sheet(sheet: Any, ledger: LedgerSheet, where: str, meta: Mapping[str, str], formats: dict[str, Any]) -> None:
    simulated = "　模拟数据" if meta.get("is_simulated") == "true" else ""
    marking, snapshot = meta.get("marking") or "内部资料", meta.get("snapshot_id", "")
    last = len(ledger.columns) - 1
    sheet.write_string(0, 0, f"{ledger.title}台账　{where}", formats["title"])
    sheet.write_string(1, 0, f"{marking}{simulated}　快照 {snapshot}", formats["note"])
    first_row, last_row = _HEADER_ROW + 1, _HEADER_ROW + max(len(ledger.frame), 1)
    sheet.write_string(2, 0, "合计（筛选后）", formats["total"])
    sheet.write_formula(2, 1, f"=SUBTOTAL(103,A{first_row + 1}:A{last_row + 1})", formats["total"], len(ledger.frame))
    sheet.write_string(2, 2, f"全部 {len(ledger.frame):,} 行", formats["note"])
    for number, column in enumerate(ledger.columns):
        sheet.set_column(number, number, min(column.width, _MOST_WIDTH))
        sheet.write_string(_HEADER_ROW, number, column.title, formats["head"])
        values = ledger.frame[column.name].tolist() if column.name in ledger.frame else []
        for row, value in enumerate(values, start=first_row):
            _write_value(sheet, row, number, value, formats)
    sheet.set_row(0, 26)
    sheet.set_row(_HEADER_ROW, 30)
    sheet.autofilter(_HEADER_ROW, 0, last_row, last)
    sheet.freeze_panes(_HEADER_ROW + 1, 2)
    is_wide = sum(column.width for column in ledger.columns) > _MOST_ON_A4
    _set_print(sheet, last_row, last, f"{marking}{simulated}　快照 {snapshot}", is_wide)


def _write_value(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    if value is None or value is pd.NaT or (not isinstance(value, (str, list)) and pd.isna(value)):
        sheet.write_blank(row, column, None, formats["text"])
    elif isinstance(value, bool):
        sheet.write_string(row, column, "是" if value else "否", formats["text"])
    elif isinstance(value, datetime):
        has_time = bool(value.hour or value.minute)
        sheet.write_datetime(row, column, pd.Timestamp(value).to_pydatetime(), formats["time" if has_time else "date"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), formats["date"])
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value, formats["number"])
    else:
        sheet.write_string(row, column, str(value), formats["text"])


def _set_print(sheet: Any, last_row: int, last: int, foot: str, is_wide: bool) -> None:
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(8 if is_wide else 9)  # A3, A4
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER_ROW)
    sheet.print_area(0, 0, last_row, last)
    sheet.set_footer(f"&L{foot}&R第 &P 页，共 &N 页")
