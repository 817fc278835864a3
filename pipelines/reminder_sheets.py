"""The reminder as a workbook: one sheet that prints on A4, a line per filing that is wanted, room for an answer."""

from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter

from data_contracts.periods import period_title

if TYPE_CHECKING:
    from pipelines.reminders import Reminder, ReminderLine

_HEADERS = (
    "序号", "填报单位", "代码", "报表", "报告期", "期限", "逾期（天）", "情形", "最近回执", "收到日", "问题数", "反馈",
)  # fmt: skip
_WIDTHS = (6, 20, 10, 24, 14, 12, 10, 13, 17, 12, 8, 24)
_HEADER_ROW = 3
_COLOURS = {"退回未重报": "#FFC7CE", "撤回未重报": "#FFC7CE", "逾期未报": "#FFEB9C", "尚未到期": "#E7E6E6"}


def write_reminder_sheet(path: Path, reminder: "Reminder") -> None:
    """Write one recipient's reminder; the same reminder writes the same bytes."""
    with xlsxwriter.Workbook(path, {"in_memory": True}) as workbook:
        made_at = datetime.combine(reminder.told_on, time(12))
        workbook.set_properties({"title": reminder.stem, "created": made_at})
        sheet = workbook.add_worksheet("催报")
        _set_up(sheet)
        _write_head(workbook, sheet, reminder)
        cells = _formats(workbook)
        for number, line in enumerate(reminder.lines, start=1):
            _write_line(sheet, _HEADER_ROW + number, number, line, cells)


def _set_up(sheet: Any) -> None:
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.hide_gridlines(2)
    sheet.freeze_panes(_HEADER_ROW + 1, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER_ROW)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _write_head(workbook: Any, sheet: Any, reminder: "Reminder") -> None:
    font = {"font_name": "微软雅黑"}
    title = workbook.add_format({**font, "bold": True, "font_size": 16, "font_color": "#1F3864"})
    note = workbook.add_format({**font, "font_size": 10.5, "font_color": "#595959"})
    head = workbook.add_format(
        {**font, "font_size": 10.5, "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864", "align": "center",
         "valign": "vcenter", "text_wrap": True}
    )  # fmt: skip
    marking = "　模拟数据" if reminder.is_simulated else ""
    sheet.write_string(0, 0, f"催报　{reminder.division_name}　{period_title(reminder.period)}{marking}", title)
    sheet.write_string(1, 0, f"截至 {reminder.told_on}　{reminder.summary()}", note)
    sheet.set_row(0, 28)
    sheet.set_row(_HEADER_ROW, 24)
    for column, text in enumerate(_HEADERS):
        sheet.write_string(_HEADER_ROW, column, text, head)


def _formats(workbook: Any) -> dict[str, Any]:
    base = {"font_name": "微软雅黑", "font_size": 10.5, "valign": "vcenter", "bottom": 1, "bottom_color": "#BFBFBF"}
    middle = {**base, "align": "center"}
    coloured = {name: workbook.add_format({**middle, "bg_color": colour}) for name, colour in _COLOURS.items()}
    return {
        "text": workbook.add_format({**base, "text_wrap": True}),
        "middle": workbook.add_format(middle),
        "date": workbook.add_format({**middle, "num_format": "yyyy-mm-dd"}),
        **coloured,
    }


def _write_line(sheet: Any, row: int, number: int, line: "ReminderLine", cells: dict[str, Any]) -> None:
    sheet.write_number(row, 0, number, cells["middle"])
    sheet.write_string(row, 1, line.division_name, cells["text"])
    sheet.write_string(row, 2, line.division_code, cells["middle"])
    sheet.write_string(row, 3, line.contract_title, cells["text"])
    sheet.write_string(row, 4, period_title(line.period), cells["middle"])
    sheet.write_datetime(row, 5, line.due_on, cells["date"])
    if line.days_overdue > 0:
        sheet.write_number(row, 6, line.days_overdue, cells["middle"])
    else:
        sheet.write_blank(row, 6, None, cells["middle"])
    sheet.write_string(row, 7, line.situation, cells[line.situation])
    sheet.write_string(row, 8, line.receipt_no or "", cells["middle"])
    if line.received_on:
        sheet.write_datetime(row, 9, line.received_on, cells["date"])
    else:
        sheet.write_blank(row, 9, None, cells["date"])
    sheet.write_string(row, 10, str(line.fault_count or ""), cells["middle"])
    sheet.write_blank(row, 11, None, cells["text"])
    sheet.set_row(row, 20)
