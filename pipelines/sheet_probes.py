"""What calamine does not tell: where formula errors stand, and how far a sheet sprawls.

Calamine gives a cell that holds an error as an empty text, which would make a fault look like a blank. And it
lays every sheet out as one dense block, so that a single stray value in the last row asks for gigabytes. Both are
looked up in the file itself before calamine opens it. For xlsx a plain byte search settles nearly every file.
"""

import re
import struct
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO

from pipelines.biff import BIFF_DATE_1904, has_record, probe_xls, probe_xlsb
from pipelines.containers import Container
from pipelines.faults import column_letters, refuse

# (row from 1, column from 0) → the error as Excel shows it
ErrorCells = dict[tuple[int, int], str]

MAX_DENSE_CELLS = 3_000_000
# Cheap signs, never wrong when absent: an error cell; a cell beyond column Z or in a row of six digits; the single
# quotes that no spreadsheet writes.
_ERROR_SIGN, _ODD_QUOTE = b't="e"', b"'"
_SPRAWL_SIGN = re.compile(rb'r="(?:[A-Z]{2}|[A-Z]?\d{6})')
_FROM_1904 = re.compile(rb'\bdate1904="(?:1|true)"')
_SHEET_PART = re.compile(r"^xl/worksheets/[^/]+\.xml$")
_CELL_REFERENCE = re.compile(r"^([A-Z]{1,3})(\d{1,7})$")
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ODS_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ODS_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_ODS_EXTENDED = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"


def probe_sheets(container: Container) -> dict[str, ErrorCells]:
    """Error cells by sheet name; sheets without any are left out.

    Raises:
        RefusalError: a sheet sprawls over more than `MAX_DENSE_CELLS`, or its XML is broken.
    """
    probes = {"xlsx": _probe_xlsx, "ods": _probe_ods, "xls": _probe_xls, "xlsb": _probe_xlsb}
    probe = probes.get(container.kind)
    if probe is None:
        return {}
    try:
        return probe(container)
    except (ElementTree.ParseError, struct.error, IndexError, KeyError, ValueError) as error:
        raise refuse("corrupt", reason="工作表内容不完整") from error


def counts_from_1904(container: Container) -> bool:
    """Whether day numbers count from 1904, as workbooks of old Excel for Mac do."""
    if container.kind == "xlsx":
        return _FROM_1904.search(container.parts["xl/workbook.xml"]) is not None
    return container.kind == "xls" and has_record(container.stream, BIFF_DATE_1904, b"\x01\x00")


def _refuse_sprawl(sheet: str, rows: int, columns: int) -> None:
    if rows * columns > MAX_DENSE_CELLS:
        raise refuse("sheet_too_large", sheet=sheet, row=rows, column=column_letters(columns - 1))


def _probe_xlsx(container: Container) -> dict[str, ErrorCells]:
    found: dict[str, ErrorCells] = {}
    names: dict[str, str] = {}
    for part, content in container.parts.items():
        if not _SHEET_PART.match(part) or not _is_suspicious(content):
            continue
        names = names or sheet_names(container.parts)
        sheet = names.get(part, part)
        errors: ErrorCells = {}
        rows = columns = 0
        for row, column, kind, value in _xlsx_cells(content):
            rows, columns = max(rows, row), max(columns, column + 1)
            if kind == "e":
                errors[row, column] = value
        _refuse_sprawl(sheet, rows, columns)
        if errors:
            found[sheet] = errors
    return found


@lru_cache(maxsize=64)
def _is_suspicious_small(content: bytes) -> bool:
    """Remembered: files from one template share their guide and code lists."""
    return _looks_suspicious(content)


def _is_suspicious(content: bytes) -> bool:
    return _is_suspicious_small(content) if len(content) <= 2**14 else _looks_suspicious(content)


def _looks_suspicious(content: bytes) -> bool:
    return _ERROR_SIGN in content or _ODD_QUOTE in content or _SPRAWL_SIGN.search(content) is not None


def _xlsx_cells(content: bytes) -> Iterator[tuple[int, int, str, str]]:
    """Cells that hold something: row from 1, column from 0, type, value. ECMA-376 part 1, 18.3.1.4."""
    row, column = 0, -1
    for event, node in ElementTree.iterparse(BytesIO(content), events=("start", "end")):
        tag = node.tag.rpartition("}")[2]
        if event == "start":
            if tag == "row":
                row, column = int(node.get("r") or row + 1), -1
            continue
        if tag == "c":
            row, column = _cell_place(node.get("r"), row, column + 1)
            if len(node):
                value = next((child.text or "" for child in node if child.tag.rpartition("}")[2] == "v"), "")
                yield row, column, node.get("t") or "n", value
        elif tag == "row":
            node.clear()


def _cell_place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    """Place that a cell's reference names, or the next in its row if it has none; ValueError if it is malformed."""
    if reference is None:
        return row, column
    match = _CELL_REFERENCE.match(reference)
    if match is None:
        raise ValueError(reference)
    return int(match[2]), _column_number(match[1])


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def sheet_names(parts: dict[str, bytes]) -> dict[str, str]:
    """Part name → sheet name, by the workbook and its relations."""
    relations = ElementTree.fromstring(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))
    targets = {node.get("Id"): (node.get("Target") or "").removeprefix("/xl/") for node in relations}
    workbook = ElementTree.fromstring(parts["xl/workbook.xml"])
    sheets = [node for node in workbook.iter() if node.tag.rpartition("}")[2] == "sheet"]
    return {f"xl/{targets.get(node.get(_RELATION_ID))}": node.get("name") or "" for node in sheets}


def _probe_ods(container: Container) -> dict[str, ErrorCells]:
    found: dict[str, ErrorCells] = {}
    sheet, row, rows, columns = "", 0, 0, 0
    errors: ErrorCells = {}
    for event, node in ElementTree.iterparse(BytesIO(container.parts.get("content.xml", b"")), events=("start", "end")):
        if event == "start":
            if node.tag == f"{_ODS_TABLE}table":
                sheet, row, rows, columns, errors = node.get(f"{_ODS_TABLE}name") or "", 0, 0, 0, {}
            continue
        if node.tag == f"{_ODS_TABLE}table-row":
            width, row_errors = _probe_ods_row(node, row + 1)
            row += _repeated(node, "rows")
            if width:
                rows, columns = row, max(columns, width)
                errors |= row_errors
                _refuse_sprawl(sheet, rows, columns)
            node.clear()
        elif node.tag == f"{_ODS_TABLE}table" and errors:
            found[sheet] = errors
    return found


def _probe_ods_row(node: ElementTree.Element, row: int) -> tuple[int, ErrorCells]:
    """Width up to the last cell that holds something, and the row's error cells."""
    column, width = 0, 0
    errors: ErrorCells = {}
    for cell in node:
        repeated = _repeated(cell, "columns")
        if cell.get(f"{_ODS_OFFICE}value-type"):
            width = column + repeated
            if cell.get(f"{_ODS_EXTENDED}value-type") == "error":
                errors[row, column] = "".join(cell.itertext()) or "#N/A"
        column += repeated
    return width, errors


def _repeated(node: ElementTree.Element, axis: str) -> int:
    return int(node.get(f"{_ODS_TABLE}number-{axis}-repeated") or 1)


def _probe_xls(container: Container) -> dict[str, ErrorCells]:
    found = {}
    for sheet, (rows, columns, errors) in probe_xls(container.stream).items():
        _refuse_sprawl(sheet, rows, columns)
        if errors:
            found[sheet] = errors
    return found


def _probe_xlsb(container: Container) -> dict[str, ErrorCells]:
    found = {}
    for sheet, (rows, columns, errors) in probe_xlsb(container.parts).items():
        _refuse_sprawl(sheet, rows, columns)
        if errors:
            found[sheet] = errors
    return found
