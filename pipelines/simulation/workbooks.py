"""Sheets into files: xlsx, xls, ods and CSV, byte for byte the same for the same sheet.

Every file format carries a clock somewhere (core properties, ZIP entries); all are set from the sheet's own day.
"""

import csv
import io
from datetime import date, datetime

import xlsxwriter
import xlwt

from pipelines.simulation.opendocument import ods_bytes
from pipelines.simulation.sheets import ErrorValue, Line, Sheet, as_text

EXTENSIONS = {
    "template": "xlsx",
    "own_xlsx": "xlsx",
    "xls": "xls",
    "ods": "ods",
    "csv_utf8": "csv",
    "csv_gb18030": "csv",
}
_HIDDEN_LINES: list[Line] = [["往期数据，勿删"], ["2023年", 12], ["2024年", 9]]
_NOT_A_WORKBOOK = "%PDF-1.4\n% 扫描件，已盖章，见附件\n".encode()


def write_workbook(sheet: Sheet, tool: str, made_on: date) -> bytes:
    """The file that a tool of :data:`EXTENSIONS` makes of a sheet."""
    if tool.startswith("csv"):
        return _csv_bytes(sheet, "utf-8-sig" if tool == "csv_utf8" else "gb18030")
    return {"xls": _xls_bytes, "ods": _ods_file_bytes}.get(tool, _xlsx_bytes)(sheet, made_on)


def not_a_workbook(division_code: str, period: str) -> bytes:
    """A scan saved under a workbook's name; no two scans are the same."""
    return _NOT_A_WORKBOOK + f"% {division_code} {period}\n".encode()


def _xlsx_bytes(sheet: Sheet, made_on: date) -> bytes:
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True})
    workbook.set_properties({"created": datetime(made_on.year, made_on.month, made_on.day)})
    bold = workbook.add_format({"bold": True, "border": 1, "text_wrap": True})
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    page = workbook.add_worksheet(sheet.contract.sheet)
    page.set_column(0, len(sheet.headers), 15)
    for number, line in enumerate(sheet.lines()):
        if number < len(sheet.above) and line:
            page.merge_range(number, 0, number, len(sheet.headers) - 1, str(line[0]), bold)
            continue
        for place, cell in enumerate(line):
            if isinstance(cell, ErrorValue):
                page.write_formula(number, place, f"={cell.text}", None, cell.text)
            elif isinstance(cell, datetime):
                page.write_datetime(number, place, cell, moment)
            elif isinstance(cell, date):
                page.write_datetime(number, place, cell, day)
            elif isinstance(cell, str):
                page.write_string(number, place, cell)
            elif cell is not None:
                page.write_number(number, place, cell)
    if sheet.has_hidden_sheet:
        hidden = workbook.add_worksheet("Sheet2")
        for number, line in enumerate(_HIDDEN_LINES):
            hidden.write_row(number, 0, line)
        hidden.hide()
    workbook.close()
    return target.getvalue()


def _xls_bytes(sheet: Sheet, made_on: date) -> bytes:
    workbook = xlwt.Workbook(encoding="utf-8")
    day, moment = xlwt.easyxf(num_format_str="YYYY-MM-DD"), xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM")
    page = workbook.add_sheet(sheet.contract.sheet)
    for number, line in enumerate(sheet.lines()):
        for place, cell in enumerate(line):
            if isinstance(cell, ErrorValue):
                page.row(number).set_cell_error(place, cell.text)
            elif isinstance(cell, datetime):
                page.write(number, place, cell, moment)
            elif isinstance(cell, date):
                page.write(number, place, cell, day)
            elif cell is not None:
                page.write(number, place, cell)
    if sheet.has_hidden_sheet:
        hidden = workbook.add_sheet("Sheet2")
        hidden.visibility = 1
        for number, hidden_line in enumerate(_HIDDEN_LINES):
            for place, hidden_cell in enumerate(hidden_line):
                hidden.write(number, place, hidden_cell)
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def _csv_bytes(sheet: Sheet, encoding: str) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    for line in sheet.lines():
        writer.writerow([as_text(cell) for cell in line])
    return target.getvalue().encode(encoding)


def _ods_file_bytes(sheet: Sheet, made_on: date) -> bytes:
    hidden = {"Sheet2": [list(line) for line in _HIDDEN_LINES]} if sheet.has_hidden_sheet else {}
    return ods_bytes({sheet.contract.sheet: list(sheet.lines())}, hidden, made_on)
