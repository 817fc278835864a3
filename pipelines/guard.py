"""Keep out what this system must never hold: secret content and natural persons.

Looked for before a file is archived, in everything a workbook can hide text in: cells of every sheet (hidden ones
too), comments, text boxes, headers and footers, document properties, names of sheets and ranges, attached workbooks. A
finding says kind and place, never content.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines import guard_places
from pipelines.containers import Container, open_container
from pipelines.faults import RefusalError, refuse
from pipelines.guard_bytes import as_utf8, spelt_out
from pipelines.guard_cells import Cells, find_in_rows, is_forbidden_name, place_of_cell
from pipelines.guard_names import holds_labelled_name
from pipelines.guard_signs import is_cut, may_hold_mark, may_hold_number, needs_cells
from pipelines.guard_texts import (
    KIND_TITLES,
    MARK_KINDS,
    ForbiddenKind,
    fold,
    forbidden_cell_kind,
    forbidden_kind,
    mark_kind,
    number_kind,
)

__all__ = [
    "Forbidden",
    "find_in_cells",
    "find_in_container",
    "find_in_file_name",
    "forbidden_cell_kind",
    "forbidden_kind",
    "inspect_container",
    "safe_file_name",
]

_SAFE_NAME, _SAFE_SUFFIXES = (
    "文件名不予登记",
    (".xlsx", ".xls", ".xlsb", ".xlsm", ".et", ".ods", ".csv", ".tsv", ".txt"),
)
_MAX_DEPTH = 2
_MOST_REMEMBERED, _MOST_REMEMBERED_BYTES = 256, 16 * 2**10
_harmless_parts: dict[tuple[str, bytes], None] = {}

_TAG = re.compile(rb"<[^>]*>")
_CDATA = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.S)
_BLOCK_BORDERS = (
    b"</si>",
    b"</is>",
    b"</c>",
    b"</v>",
    b"</comment>",
    b"</threadedComment>",
    b"<a:p>",
    b"</a:p>",
    b"</text:p>",
    b"</table:table-cell>",
    b"</xdr:txBody>",
    b"</definedName>",
    b"</text>",
    b"</div>",
    b"</f>",
)
_HEADER_CODE = re.compile(r'&"[^"]*"|&K[0-9A-Fa-f]{6}|&K\d\d[+-]\d{3}|&\d{1,3}(?!\d)|&[A-Za-z]')
_HEADER_SIGN = re.compile(rb"&amp;[A-Za-z]")
# Attributes in which people write: names of sheets and ranges, alternative texts, prompts, link targets.
_ATTRIBUTE = re.compile(
    rb"\b(?:name|title|descr|prompt|promptTitle|error|errorTitle|alt|display|tooltip|displayName|location|Target|formatCode|"
    rb'string-value|text|caption|uniqueName|expression)=(?:"([^"]*)"|\'([^\']*)\')'
)
_LONG_NUMBER_CELL = re.compile(rb"<v>(\d{11,19}(?:\.0+)?|\d(?:\.\d+)?[Ee]\+?1[0-8])</v>")
_DIGIT_SHAPES = bytes(0x30 if 0x30 <= byte <= 0x39 else byte for byte in range(256))
_EIGHT_DIGIT_CELL = b"<v>00000000"


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What was found, and where in words; never the content itself."""

    kind: ForbiddenKind
    place: str

    def refusal(self) -> RefusalError:
        """The error to raise for it."""
        title = KIND_TITLES[self.kind]
        if self.kind in MARK_KINDS.values():
            return refuse("classification_mark", place=self.place, found=title)
        if self.kind == "personal_name":
            return refuse("personal_name", place=self.place)
        return refuse("personal_number", place=self.place, found=title)


def find_in_file_name(name: str) -> Forbidden | None:
    """Whether the file's own name holds what must not be kept."""
    kind = forbidden_kind(name) or ("personal_name" if holds_labelled_name(name) else None)
    return Forbidden(kind, "文件名") if kind else None


def safe_file_name(name: str) -> str:
    """The name as it may be kept and shown: itself, or a neutral one where it holds what must not be kept."""
    if not is_forbidden_name(name):
        return name
    suffix = next((suffix for suffix in _SAFE_SUFFIXES if name.lower().endswith(suffix)), "")
    return _SAFE_NAME + suffix


def find_in_container(container: Container) -> Forbidden | None:
    """The first forbidden thing in the file's own texts; see :func:`inspect_container`."""
    return inspect_container(container)[0]


def inspect_container(container: Container, depth: int = 0) -> tuple[Forbidden | None, bool]:
    """The first forbidden thing in the file's own texts, and whether its cells must be searched too.

    Texts are seen here one by one, wherever they stand. What is cut over cells, columns of names, and everything in
    formats that are no plain text is seen by :func:`find_in_cells`, hidden sheets included, where this says so.
    """
    if container.kind == "csv":
        return None, True
    if container.kind == "xls":
        return _find_in_xls(container), True
    must_search = container.kind in ("xlsb", "ods")
    for name, content in container.parts.items():
        if (name, content) in _harmless_parts:
            continue
        found, needs = _find_in_any_part(container, name, content, depth)
        if found:
            return found, True
        must_search = must_search or needs
        if not needs and len(content) <= _MOST_REMEMBERED_BYTES:
            _remember(name, content)
    return None, must_search


def _remember(name: str, content: bytes) -> None:
    """Files from one template share their guide, code lists and properties; what was harmless once is so again."""
    if len(_harmless_parts) >= _MOST_REMEMBERED:
        del _harmless_parts[next(iter(_harmless_parts))]
    _harmless_parts[name, content] = None


def _find_in_any_part(container: Container, name: str, content: bytes, depth: int) -> tuple[Forbidden | None, bool]:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _find_in_attachment(content, depth), False
    if name.endswith(".bin"):
        kind, needs = _binary_kind(content), False
    else:
        kind, needs = _part_kind(name, spelt_out(as_utf8(content)))
    return (Forbidden(kind, guard_places.place_in_part(container, name, _is_forbidden_text)) if kind else None), needs


def _is_forbidden_text(text: str) -> bool:
    return bool(forbidden_kind(text) or forbidden_kind(_HEADER_CODE.sub("", text)))


def _find_in_attachment(content: bytes, depth: int) -> Forbidden | None:
    """A workbook or document inside the workbook: searched as a file of its own, for its parts are packed again."""
    if depth >= _MAX_DEPTH:
        return None
    try:
        found, _ = inspect_container(open_container(content, "附件.xlsx"), depth + 1)
    except RefusalError:
        kind = _binary_kind(content)
        return Forbidden(kind, "嵌入的附件") if kind else None
    return Forbidden(found.kind, f"嵌入的附件（{found.place}）") if found else None


def _part_kind(name: str, content: bytes) -> tuple[ForbiddenKind | None, bool]:
    """What a part of XML holds, and whether the cells must be searched for what lies over several of them."""
    is_sheet = name.startswith("xl/worksheets/") and name.endswith(".xml")
    if is_sheet:
        has_long_number = _holds_long_number(content)
        kind = _number_cell_kind(content) if has_long_number else None
        if kind or b'tr"' not in content:
            # Neither t="inlineStr" nor t="str": strings lie in the shared strings; left are numbers, formulas, header
            # and footer, and attributes.
            return kind or _bare_sheet_kind(content), has_long_number
        needs = has_long_number or needs_cells(content)
    else:
        needs = False
    cut = is_cut(name, content)
    if name.startswith("xl/sharedStrings"):
        needs = cut or needs_cells(content)
    if not (cut or may_hold_mark(content) or may_hold_number(content)):
        return None, needs
    kind = forbidden_kind(_part_text(name, content)) or mark_kind(content.decode("utf-8", "ignore"))
    # Once more with every tag a border: numbers that are no text of anybody's stand beside those that are.
    kind = kind or number_kind(fold(_TAG.sub(b"\x00", content).decode("utf-8", "ignore")))
    return kind or _attribute_kind(content), needs


def _holds_long_number(content: bytes) -> bool:
    return _EIGHT_DIGIT_CELL in content.translate(_DIGIT_SHAPES) or b"+" in content


def _number_cell_kind(content: bytes) -> ForbiddenKind | None:
    cells = (forbidden_cell_kind(float(match[1])) for match in _LONG_NUMBER_CELL.finditer(content))
    return next((found for found in cells if found), None)


def _bare_sheet_kind(content: bytes) -> ForbiddenKind | None:
    end = max(content.rfind(b"</sheetData>"), 0)
    cells, rest = content[:end], content[end:]
    if not cells.isascii() and may_hold_mark(cells):
        rest = content
    shown = _HEADER_SIGN.sub(b"\x00", rest[max(rest.rfind(b"<headerFooter"), 0) :])
    if not (may_hold_mark(rest) or may_hold_number(rest) or may_hold_number(shown) or is_cut("", rest)):
        return None
    text = _part_text("", rest)
    return (
        mark_kind(html.unescape(rest.decode("utf-8", "ignore")))
        or forbidden_kind(_HEADER_CODE.sub("", text))
        or _attribute_kind(rest)
    )


def _attribute_kind(content: bytes) -> ForbiddenKind | None:
    texts = (match[1] or match[2] or b"" for match in _ATTRIBUTE.finditer(content))
    return forbidden_kind("\x00".join(html.unescape(text.decode("utf-8", "ignore")) for text in texts))


def _part_text(name: str, content: bytes) -> str:
    """Text of an XML part: runs of one cell joined, cells and paragraphs kept apart by NUL."""
    if b"<![CDATA[" in content:
        content = _CDATA.sub(rb"\1", content)
    if name.startswith(("docProps/", "meta.xml")):
        content = _TAG.sub(b"\x00", content)
    else:
        for border in _BLOCK_BORDERS:
            if border in content:
                content = content.replace(border, b"\x00" + border)
        content = _TAG.sub(b"", content)
    text = content.decode("utf-8", "ignore")
    return html.unescape(text) if "&" in text else text


def _find_in_xls(container: Container) -> Forbidden | None:
    kind = _binary_kind(container.stream)
    if kind:
        return Forbidden(kind, guard_places.place_in_xls(container.stream, _is_forbidden_text))
    for name, content in container.parts.items():
        kind = _binary_kind(content)
        if kind is None and "SummaryInformation" in name:
            kind = forbidden_kind(content.decode("gb18030", "ignore")) or forbidden_kind(
                content.decode("utf-8", "ignore")
            )
        if kind:
            return Forbidden(kind, guard_places.place_of_stream(name))
    return None


def _binary_kind(content: bytes) -> ForbiddenKind | None:
    """Texts lie as UTF-16 at either alignment, or one byte a character; document properties also as GBK or UTF-8."""
    wide = (content.decode("utf-16-le", "ignore"), content[1:].decode("utf-16-le", "ignore"))
    for text in (*wide, *_narrow_texts(content)):
        kind = mark_kind(text) if "密" in text else None
        kind = kind or number_kind(_HEADER_CODE.sub("\x00", text))
        if kind:
            return kind
    return None


def _narrow_texts(content: bytes) -> Iterable[str]:
    yield content.decode("latin-1")
    if may_hold_mark(content):
        yield content.decode("utf-8", "ignore")
    if "密".encode("gb18030") in content:
        yield content.decode("gb18030", "ignore")


def find_in_cells(sheets: Iterable[tuple[str, Cells]]) -> Forbidden | None:
    """The first forbidden thing in the cells of some sheets (name, rows from the first row on), with its address."""
    found = find_in_rows(sheets)
    if found is None:
        return None
    (kind, row, column), place, sheet = found
    return Forbidden(kind, place_of_cell(sheet, place, row, column))
