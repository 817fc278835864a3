"""The workbook that goes back: every fault coloured and commented at its cell, and listed with its remedy.

An xlsx keeps its own layout; other formats are laid out anew in an xlsx, cell for cell. A reporter may mend the
returned workbook and file it again: the list and the marks are no part of the form, and are renewed each time.
A form can often be read in a file that is spoiled elsewhere: then the form alone goes back, or the list alone.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from data_contracts.contract import STRENGTH_TITLES, Contract
from data_contracts.periods import period_title
from pipelines.faults import Fault, RefusalError
from pipelines.parsing import show_cell
from pipelines.reading import read_visible_sheets

SUMMARY_SHEET = "问题清单"
AUTHOR = "保密监管系统"
FILLS = {"mandatory": "FFC7CE", "query": "FFEB9C"}
_EXPLAINED_FILL = "E2EFDA"
_HEADERS = ("序号", "工作表", "单元格", "列名", "填报值", "问题", "性质", "如何改正", "依据条款")
_WIDTHS = (6, 14, 9, 18, 24, 46, 12, 46, 10)
_HEADER_ROW = 4
_THIN = Side(style="thin", color="BFBFBF")


def _font(**properties: Any) -> Font:
    return Font(**{"name": "微软雅黑", "size": 10.5, **properties})


@dataclass(frozen=True)
class ReturnSlip:
    """What the returned workbook says of the filing, beside its faults."""

    receipt_no: str
    file_name: str
    contract: Contract
    division_code: str
    division_name: str
    period: str
    is_simulated: bool


def returned_name(receipt_no: str, file_name: str) -> str:
    """File name of a returned workbook: receipt number, then the name as filed, always xlsx."""
    stem = Path(file_name).stem[:60]  # a file name holds 255 bytes, a Chinese character is three
    return f"{receipt_no}_{stem}.xlsx"


def write_returned_workbook(path: Path, original: bytes | None, slip: ReturnSlip, faults: Sequence[Fault]) -> None:
    """Write the workbook that goes back.

    Args:
        path: the xlsx to write; written beside and renamed, so it is there in whole or not at all.
        original: the file as filed; None if it must not be opened again: then the list alone goes back.
        slip: what the list says above the faults.
        faults: of this filing, explained ones included.

    Raises:
        OSError: the disk does not take it.
    """
    ordered = sorted(faults, key=lambda fault: (fault.is_explained, fault.strength, fault.row or 0))
    content = None if original is None else _marked(original, slip, ordered)
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(content or _saved(Workbook(), slip, ordered))
    temporary.replace(path)


def _marked(original: bytes, slip: ReturnSlip, faults: Sequence[Fault]) -> bytes | None:
    """The filing with its faults marked; None if it is spoiled in a way that no library can lay out again."""
    try:
        workbook = _open_original(original, slip)
        for sheet in workbook.worksheets:
            _clear_marks(sheet)
        for cell, group in _by_cell(faults).items():
            if cell[0] in workbook.sheetnames:
                _mark_cell(workbook[cell[0]], cell[1], group)
        return _saved(workbook, slip, faults)
    except OSError:
        raise
    except Exception:  # the filing has its receipt: whatever a library happens upon, its faults must go back
        return None


def _saved(workbook: Workbook, slip: ReturnSlip, faults: Sequence[Fault]) -> bytes:
    _write_summary(workbook, slip, faults)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def _open_original(original: bytes, slip: ReturnSlip) -> Workbook:
    """The workbook as filed where it is an xlsx that openpyxl understands; its cells laid out anew otherwise.

    openpyxl turns down some workbooks that every spreadsheet opens (a style it does not know is enough), with whatever
    exception it happens upon. Those must go back too.
    """
    if original.startswith(b"PK") and b"xl/workbook.xml" in original:
        try:
            return load_workbook(io.BytesIO(original))
        except Exception:
            return _lay_out(original, slip)
    return _lay_out(original, slip)


def _lay_out(original: bytes, slip: ReturnSlip) -> Workbook:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in _readable_sheets(original, slip):
        sheet = workbook.create_sheet(name)
        for row_number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value != "" and value is not None:
                    _write_value(sheet, row_number, column, value)
        _set_up_laid_out(sheet, rows)
    return workbook


def _readable_sheets(original: bytes, slip: ReturnSlip) -> list[tuple[str, list[list[Any]]]]:
    """All visible sheets; those that may be the form alone, where another is spoiled."""
    try:
        return read_visible_sheets(original, slip.file_name, slip.contract)
    except RefusalError:
        return read_visible_sheets(original, slip.file_name, slip.contract, beside=False)


def _set_up_laid_out(sheet: Worksheet, rows: Sequence[Sequence[Any]]) -> None:
    for column, cells in enumerate(zip_longest(*rows), start=1):
        widest = max((_text_width(show_cell(cell)) for cell in cells), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(max(widest + 2, 8), 30)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _text_width(text: str) -> int:
    """Width in characters of a spreadsheet column; a Chinese character is two wide."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _write_value(sheet: Worksheet, row: int, column: int, value: Any) -> None:
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        _write_text(cell, value)
        return
    cell.value = value
    if isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"


def _write_text(cell: Cell | MergedCell, text: str) -> None:
    """Write text that stays text: what looks like a formula must not become one on anybody's desk."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    if text[:1] in "=+-@" and isinstance(cell, Cell):
        cell.data_type = "s"
        cell.quotePrefix = True


def _clear_marks(sheet: Worksheet) -> None:
    """Take off the marks of an earlier return; comments of others stay."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


def _by_cell(faults: Sequence[Fault]) -> dict[tuple[str, str], list[Fault]]:
    groups: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        if fault.cell:
            groups.setdefault((fault.sheet, fault.cell), []).append(fault)
    return groups


def _mark_cell(sheet: Worksheet, address: str, faults: Sequence[Fault]) -> None:
    cell = sheet[address]
    if isinstance(cell, MergedCell):
        merged = next(area for area in sheet.merged_cells.ranges if address in area)
        cell = sheet.cell(merged.min_row, merged.min_col)
    worst = faults[0]
    colour = _EXPLAINED_FILL if worst.is_explained else FILLS[worst.strength]
    cell.fill = PatternFill("solid", start_color=colour, end_color=colour)
    text = "\n".join(f"【{_nature(fault)}】{fault.message}\n改法：{fault.remedy}" for fault in faults)
    comment = Comment(text, AUTHOR, width=320, height=60 + 18 * (len(text) // 20 + text.count("\n")))
    cell.comment = comment


def _nature(fault: Fault) -> str:
    return f"{STRENGTH_TITLES[fault.strength]}，已说明" if fault.is_explained else STRENGTH_TITLES[fault.strength]


def _write_summary(workbook: Workbook, slip: ReturnSlip, faults: Sequence[Fault]) -> None:
    """The list, as second sheet; in a workbook of which nothing else could be kept as the only one."""
    has_form = slip.contract.sheet in workbook.sheetnames or {fault.sheet for fault in faults} & {*workbook.sheetnames}
    for name in workbook.sheetnames:
        if name == SUMMARY_SHEET or not has_form:
            workbook.remove(workbook[name])
    sheet = workbook.create_sheet(SUMMARY_SHEET, min(1, len(workbook.sheetnames)))
    _write_summary_head(sheet, slip, faults, what_to_do=_MEND_HERE if has_form else _MEND_THE_ORIGINAL)
    for number, fault in enumerate(faults, start=1):
        _write_summary_row(sheet, _HEADER_ROW + number, number, fault, slip.contract)
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    for other in workbook.worksheets:
        other.sheet_view.tabSelected = other is sheet
    workbook.active = sheet


_MEND_HERE = "点单元格可跳到原处；改好存盘后直接重报本文件。"
_MEND_THE_ORIGINAL = "所报文件内部有损坏，表格无法原样退回：请从原件或空白模板另存一份，按本清单改正后重报。"


def _write_summary_head(sheet: Worksheet, slip: ReturnSlip, faults: Sequence[Fault], *, what_to_do: str) -> None:
    marking = "　模拟数据" if slip.is_simulated else ""
    sheet["A1"] = f"问题清单　{slip.contract.title}　{period_title(slip.period)}{marking}"
    sheet["A1"].font = _font(bold=True, size=16, color="1F3864")
    sheet["A2"] = (
        f"填报单位：{slip.division_name}（{slip.division_code}）　回执：{slip.receipt_no}　文件：{slip.file_name}"
    )
    mandatory = sum(fault.strength == "mandatory" for fault in faults)
    queries = sum(fault.strength == "query" and not fault.is_explained for fault in faults)
    sheet["A3"] = (
        f"强制性问题 {mandatory} 处（红色格，必须改正）；"
        f"待说明的核实性问题 {queries} 处（黄色格，改正，或在该行“说明”列写明情况）。{what_to_do}"
    )
    for address in ("A2", "A3"):
        sheet[address].font = _font(color="595959")
    for column, title in enumerate(_HEADERS, start=1):
        cell = sheet.cell(_HEADER_ROW, column, title)
        cell.font = _font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", start_color="1F3864", end_color="1F3864")
        cell.alignment = Alignment(horizontal="center", vertical="center")
    sheet.row_dimensions[1].height = 28
    sheet.row_dimensions[_HEADER_ROW].height = 24


def _write_summary_row(sheet: Worksheet, row: int, number: int, fault: Fault, contract: Contract) -> None:
    titles = {column.name: column.title for column in contract.columns}
    article = f"第{fault.article}条" if fault.article else ""
    values: tuple[int | str, ...] = (
        number,
        fault.sheet,
        fault.cell or "整表",
        titles.get(fault.column_name or "", ""),
        fault.value,
        fault.message,
        _nature(fault),
        fault.remedy,
        article,
    )
    colour = _EXPLAINED_FILL if fault.is_explained else FILLS[fault.strength]
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(row, column)
        if isinstance(value, str):
            _write_text(cell, value)
        else:
            cell.value = value
        cell.font = _font()
        cell.alignment = Alignment(
            vertical="top", wrap_text=True, horizontal="center" if column in (1, 3, 7, 9) else None
        )
        cell.border = Border(bottom=_THIN)
    lines = max(-(-_text_width(str(value)) // (width - 1)) for value, width in zip(values, _WIDTHS, strict=True))
    sheet.row_dimensions[row].height = 16.5 * max(lines, 1) + 3
    sheet.cell(row, 7).fill = PatternFill("solid", start_color=colour, end_color=colour)
    if fault.cell and fault.sheet in (sheet.parent.sheetnames if sheet.parent else ()):
        place = sheet.cell(row, 3)
        target = fault.sheet.replace("'", "''")
        place.hyperlink = Hyperlink(ref=place.coordinate, location=f"'{target}'!{fault.cell}", display=fault.cell)
        place.font = _font(color="0563C1", underline="single")
