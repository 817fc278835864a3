"""Walk the records of Excel's binary formats for what calamine keeps to itself: extent, error cells, places of texts.

Sources: [MS-XLS] 2.4 (BIFF8 records) and [MS-XLSB] 2.3 (BIFF12 records), Microsoft open specifications.
"""

import re
import struct
from collections.abc import Callable, Iterator

from pipelines.faults import cell_name

# rows, columns, (row from 1, column from 0) → error text
Extent = tuple[int, int, dict[tuple[int, int], str]]

ERROR_NAMES = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_BOF, _EOF, _BOUNDSHEET = 0x0809, 0x000A, 0x0085
_DIMENSIONS, _MOST_ROWS, _MOST_COLUMNS = 0x0200, 1 << 16, 1 << 8  # what a sheet declares ([MS-XLS] 2.4.90), and can be
_FORMULA, _BOOLERR, _MULRK = 0x0006, 0x0205, 0x00BD
_VALUE_RECORDS = {_FORMULA, _BOOLERR, 0x0203, 0x0204, 0x00D6, 0x00FD, 0x027E}  # … NUMBER, LABEL, RSTRING, LABELSST, RK

_XLSB_ROW, _XLSB_BUNDLE_SHEET = 0, 156
_XLSB_VALUES, _XLSB_ERRORS = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 62}, {3, 11}


_SST, _HEADER, _FOOTER, _HEADER_FOOTER, _NAME = 0x00FC, 0x0014, 0x0015, 0x089C, 0x0018
_OBJECT, _TEXT_OBJECT, _CONTINUE, _NOTE, _NOTE_OBJECT = 0x005D, 0x01B6, 0x003C, 0x001C, 0x19
BIFF_DATE_1904 = 0x0022
_PLACES = {
    _HEADER: "页眉",
    _FOOTER: "页脚",
    _HEADER_FOOTER: "页眉页脚",
    _NAME: "定义名称",
    _BOUNDSHEET: "工作表名称",
    _TEXT_OBJECT: "文本框",
}


def place_of_record(stream: bytes, is_wanted: Callable[[bytes], bool]) -> tuple[str, str] | None:
    """Sheet (empty for the whole workbook) and kind of place of the first record that is wanted.

    A comment's text lies in a record after its drawing object; its cell in a NOTE record that comes later.
    """
    names = {offset: name for name, offset in _sheet_offsets(stream).items()}
    sheet, owner, object_kind, object_id = "", 0, 0, 0
    for kind, start, size in _biff_records(stream, 0):
        if kind == _BOF:
            sheet = names.get(start - 4, sheet)
        elif kind == _OBJECT and size >= 8:
            object_kind, object_id = struct.unpack_from("<HH", stream, start + 4)
        owner = owner if kind == _CONTINUE else kind
        if is_wanted(stream[start : start + size]):
            if owner == _TEXT_OBJECT and object_kind == _NOTE_OBJECT:
                return sheet, f"批注{_note_cell(stream, start, object_id)}"
            return sheet, _PLACES.get(owner, "文本")
    return None


def has_record(stream: bytes, wanted: int, body: bytes) -> bool:
    """Whether a record of this kind and body stands among those of the whole workbook."""
    for kind, start, size in _biff_records(stream, 0):
        if kind == wanted and stream[start : start + size] == body:
            return True
        if kind == _EOF:
            break
    return False


def _note_cell(stream: bytes, position: int, object_id: int) -> str:
    for kind, start, size in _biff_records(stream, position - 4):
        if kind == _NOTE and size >= 8:
            row, column, _, owner = struct.unpack_from("<HHHH", stream, start)
            if owner == object_id:
                return f" {cell_name(row + 1, column)}"
        elif kind == _EOF:
            break
    return ""


def _sheet_offsets(stream: bytes) -> dict[str, int]:
    """Where each worksheet's records begin, by sheet name."""
    offsets = {}
    for kind, start, size in _biff_records(stream, 0):
        if kind == _BOUNDSHEET and size >= 8:
            offset, _, sheet_type, length, flags = struct.unpack_from("<IBBBB", stream, start)
            raw = stream[start + 8 : start + size]
            name = raw[: length * 2].decode("utf-16-le", "replace") if flags & 1 else raw[:length].decode("latin-1")
            if sheet_type == 0 and offset < len(stream):
                offsets[name] = offset
        elif kind == _EOF:
            break
    return offsets


def probe_xls(stream: bytes) -> dict[str, Extent]:
    """Extent and error cells of each sheet of a BIFF stream, by sheet name."""
    return {name: _probe_xls_sheet(stream, offset) for name, offset in _sheet_offsets(stream).items()}


def _biff_records(stream: bytes, position: int) -> Iterator[tuple[int, int, int]]:
    """Record kind, where its body starts, and its size."""
    end = len(stream) - 4
    unpack = struct.Struct("<HH").unpack_from
    while position <= end:
        kind, size = unpack(stream, position)
        yield kind, position + 4, size
        position += 4 + size


def _probe_xls_sheet(stream: bytes, offset: int) -> Extent:
    rows = columns = depth = 0
    errors: dict[tuple[int, int], str] = {}
    for kind, start, size in _biff_records(stream, offset):
        if kind in _VALUE_RECORDS or kind == _MULRK:
            row, column = struct.unpack_from("<HH", stream, start)
            last = struct.unpack_from("<H", stream, start + size - 2)[0] if kind == _MULRK else column
            rows, columns = max(rows, row + 1), max(columns, last + 1)
            error = _biff_error(stream, kind, start)
            if error is not None:
                errors[row + 1, column] = error
        elif kind == _DIMENSIONS and size == 14:
            row, last_row, column, last_column = struct.unpack_from("<IIHH", stream, start)
            # calamine takes memory for all that it declares; from a later row to an earlier one that is all there is
            if not (row <= last_row <= _MOST_ROWS and column <= last_column <= _MOST_COLUMNS):
                raise ValueError(f"a sheet from {row}, {column} to {last_row}, {last_column}")
        elif kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth == 0:
                break
    return rows, columns, errors


def _biff_error(stream: bytes, kind: int, start: int) -> str | None:
    if kind == _BOOLERR and stream[start + 7] == 1:
        return ERROR_NAMES.get(stream[start + 6], "#N/A")
    if kind == _FORMULA and stream[start + 12 : start + 14] == b"\xff\xff" and stream[start + 6] == 2:
        return ERROR_NAMES.get(stream[start + 8], "#N/A")
    return None


def probe_xlsb(parts: dict[str, bytes]) -> dict[str, Extent]:
    """Extent and error cells of each worksheet of an xlsb, by sheet name."""
    targets = {}
    for node in re.findall(
        r"<Relationship\b[^>]*>", parts.get("xl/_rels/workbook.bin.rels", b"").decode("utf-8", "replace")
    ):
        identity, target = re.search(r'\bId="([^"]*)"', node), re.search(r'\bTarget="([^"]*)"', node)
        if identity and target:
            targets[identity[1]] = f"xl/{target[1].removeprefix('/xl/')}"
    sheets = {}
    for kind, body in _xlsb_records(parts["xl/workbook.bin"]):
        if kind == _XLSB_BUNDLE_SHEET:
            relation, position = _wide_string(body, 8)
            name, _ = _wide_string(body, position)
            if targets.get(relation) in parts:
                sheets[name] = _probe_xlsb_sheet(parts[targets[relation]])
    return sheets


def _xlsb_records(content: bytes) -> Iterator[tuple[int, bytes]]:
    position, end = 0, len(content)
    while position < end:
        kind, position = _variable_number(content, position, 2)
        size, position = _variable_number(content, position, 4)
        yield kind, content[position : position + size]
        position += size


def _variable_number(content: bytes, position: int, longest: int) -> tuple[int, int]:
    number = 0
    for place in range(longest):
        if position >= len(content):
            break
        byte = content[position]
        position += 1
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            break
    return number, position


def _wide_string(body: bytes, position: int) -> tuple[str, int]:
    if position + 4 > len(body):
        return "", len(body)
    length = struct.unpack_from("<I", body, position)[0]
    if length == 0xFFFFFFFF:
        return "", position + 4
    return body[position + 4 : position + 4 + length * 2].decode("utf-16-le", "replace"), position + 4 + length * 2


def _probe_xlsb_sheet(content: bytes) -> Extent:
    row = rows = columns = 0
    errors: dict[tuple[int, int], str] = {}
    for kind, body in _xlsb_records(content):
        if kind == _XLSB_ROW and len(body) >= 4:
            row = struct.unpack_from("<I", body)[0] + 1
        elif kind in _XLSB_VALUES and len(body) >= 8:
            column = struct.unpack_from("<I", body)[0]
            rows, columns = max(rows, row), max(columns, column + 1)
            if kind in _XLSB_ERRORS and len(body) > 8:
                errors[row, column] = ERROR_NAMES.get(body[8], "#N/A")
    return rows, columns, errors
