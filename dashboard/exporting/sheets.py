"""Tables as xlsx and CSV, headed by their stamp. Text is never taken for a formula, whatever it begins with."""

import csv
import io
import re
from collections.abc import Sequence

import xlsxwriter

from dashboard.exporting.stamps import Stamp
from dashboard.exporting.tables import Cell, ExportTable

# What a spreadsheet program would take for the beginning of a formula (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d{1,3}(,\d{3})*(\.\d+)?|[+-]?\d+(\.\d+)?")
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


def safe_text(cell: Cell) -> str:
    """A cell for CSV: an apostrophe before what would be read as a formula; numbers stay numbers."""
    text = "" if cell is None else str(cell)
    if text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_bytes(table: ExportTable, stamp: Stamp) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheet programs read Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([label, safe_text(text)] for label, text in stamp.lines)
    writer.writerow([])
    writer.writerow([safe_text(head) for head in table.heads])
    writer.writerows([safe_text(cell) for cell in line] for line in table.rows)
    return ("\ufeff" + out.getvalue()).encode()


def xlsx_bytes(tables: Sequence[ExportTable], stamp: Stamp) -> bytes:
    """One sheet for each table, each headed by the stamp."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(out, options) as workbook:
        bold = workbook.add_format({"bold": True})
        faint = workbook.add_format({"font_color": "#51606E"})
        names: set[str] = set()
        for table in tables:
            _write(workbook.add_worksheet(_sheet_name(table.title, names)), table, stamp, bold, faint)
    return out.getvalue()


def _write(sheet: xlsxwriter.workbook.Worksheet, table: ExportTable, stamp: Stamp, bold: object, faint: object) -> None:
    for at, (label, text) in enumerate(stamp.lines):
        sheet.write_string(at, 0, label, faint)
        sheet.write_string(at, 1, text, faint)
    top = len(stamp.lines) + 1
    for at, head in enumerate(table.heads):
        sheet.write_string(top, at, head, bold)
        longest = max([len(head), *(len(str(line[at])) for line in table.rows if at < len(line))])
        sheet.set_column(at, at, min(60, 3 + 1.8 * longest))
    for number, line in enumerate(table.rows, start=top + 1):
        for at, cell in enumerate(line):
            if isinstance(cell, (int, float)):
                sheet.write_number(number, at, cell)
            elif cell and _NUMBER.fullmatch(cell):
                sheet.write_number(number, at, float(cell.replace(",", "")))
            elif cell:
                sheet.write_string(number, at, cell)
    sheet.freeze_panes(top + 1, 1)
    sheet.set_footer(f"&L{stamp.lines[0][1].replace('&', '&&')}&R&P / &N")


def _sheet_name(title: str, taken: set[str]) -> str:
    clean = _NO_SHEET_NAME.sub(" ", title)[:28] or "表"
    name, number = clean, 2
    while name in taken:
        name, number = f"{clean}{number}", number + 1
    taken.add(name)
    return name
