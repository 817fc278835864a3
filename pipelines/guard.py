"""Keep out what this system must never hold: secret content and natural persons.

Looked for before a file is archived, in everything a workbook can hide text in: cells of every sheet (hidden ones
too), comments, text boxes, headers and footers, document properties. A finding says kind and place, never content.

Sources: marks as GB/T 9704-2012, 7.2.2 sets them on a carrier (level, then ★ and the period); identity numbers by
GB 11643-1999 (check digit ISO 7064 MOD 11-2); mobile numbers are 11 digits that begin with 13 … 19.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pipelines.containers import Container
from pipelines.faults import RefusalError, cell_name, refuse

ForbiddenKind = Literal["top_secret", "secret", "confidential", "identity_number", "mobile_number"]
_MARK_KINDS: dict[str, ForbiddenKind] = {"绝": "top_secret", "机": "secret", "秘": "confidential"}
KIND_TITLES: dict[ForbiddenKind, str] = {
    "top_secret": "绝密",
    "secret": "机密",
    "confidential": "秘密",
    "identity_number": "居民身份证号码",
    "mobile_number": "手机号码",
}


def _any_of(characters: str) -> bytes:
    return b"|".join(re.escape(character.encode()) for character in characters)


# A star makes a mark whatever follows. Without a star only a period right after the level does, and only where the
# words are not part of a sentence: 国家秘密 5 年以上 is prose.
_STARS, _SOFT_STARS = "★☆⭐✩✭✮✯⋆", "*＊·•"
_PERIOD_STARTS = "0123456789０１２３４５６７８９一二三四五六七八九十长启"
_GAP = r"[ \t\r\n\u3000\u00a0]*"
_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_LEVEL = rf"([绝机秘]){_GAP}密{_GAP}(?:级{_GAP})?"
_PERIOD = rf"(?:{_NUMBER}{_GAP}(?:年|个月|天)(?![以之及内来前后多度初底中期])|长期(?![以保坚存稳])|启用前)"
_MARK = re.compile(rf"{_LEVEL}[{_STARS}]|(?<!国家)(?<!工作)(?<!商业){_LEVEL}[{_SOFT_STARS}]?{_GAP}{_PERIOD}")
_IDENTITY = re.compile(r"(?<![\dA-Za-z-])\d{6} ?\d{8} ?\d{3}[\dXxＸｘ](?![\dA-Za-z-])")
_MOBILE = re.compile(
    r"(?<![\dA-Za-z.-])(?:(?:\+|00)?86[ -]?)?([1１][3-9３-９]\d[ -]?\d{4}[ -]?\d{4})(?![\dA-Za-z-]|\.\d)"
)
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10X98765432"

_TAG = re.compile(rb"<[^>]*>")
_BLOCK_ENDS = (
    b"</si>",
    b"</is>",
    b"</c>",
    b"</v>",
    b"</comment>",
    b"</a:p>",
    b"</text:p>",
    b"</table:table-cell>",
    b"</xdr:txBody>",
)
_RUN_SIGNS = (b"<r>", b"<r ", b"a:r>", b"<text:s", b"&#")
_SECRET, _LEVELS = "密".encode(), ("绝".encode(), "机".encode(), "秘".encode(), "\u3000".encode(), "\u00a0".encode())
_AFTER_LEVEL = re.compile(
    b"(?:%b)*(?:%b)" % (_any_of(" \t\r\n\u3000\u00a0级"), _any_of(_STARS + _SOFT_STARS + _PERIOD_STARTS))
)
_DIGITS_TO_ZERO = bytes(0x30 if 0x30 <= byte <= 0x39 else byte for byte in range(256))
_ELEVEN_DIGITS = b"0" * 11
_SPACED_IDENTITY = b"0" * 6 + b" " + b"0" * 8
_SPACED_MOBILE = re.compile(rb"1[3-9]\d[ -]?\d{4}[ -]?\d{4}")
_FULL_WIDTH_DIGIT = re.compile(rb"\xef\xbc[\x90-\x99]")
_LONG_NUMBER_CELL = re.compile(rb"<v>(1[3-9]\d{9}|[1-9]\d{17}|[1-9]\.\d+E\+?17)(?:\.0+)?</v>")
_PART_PLACES = (
    ("comments", "批注"),
    ("threadedComment", "批注"),
    ("drawing", "文本框或图形"),
    ("docProps", "文档属性"),
    ("meta.xml", "文档属性"),
    ("worksheets/", "页眉页脚或单元格"),
    ("styles.xml", "页眉页脚"),
    ("工作簿", "工作簿"),
)


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What was found, and where in words; never the content itself."""

    kind: ForbiddenKind
    place: str

    def refusal(self) -> RefusalError:
        """The error to raise for it."""
        title = KIND_TITLES[self.kind]
        if self.kind in _MARK_KINDS.values():
            return refuse("classification_mark", place=self.place, found=title)
        return refuse("personal_number", place=self.place, found=title)


def forbidden_kind(text: str) -> ForbiddenKind | None:
    """The first forbidden thing in a text, or None. Marks come before numbers."""
    mark = mark_kind(text)
    if mark:
        return mark
    if any(_is_identity(match[0]) for match in _IDENTITY.finditer(text)):
        return "identity_number"
    if any(_is_mobile(match[1]) for match in _MOBILE.finditer(text)):
        return "mobile_number"
    return None


def mark_kind(text: str) -> ForbiddenKind | None:
    """The level of the first classification mark in a text, or None."""
    mark = _MARK.search(text) if "密" in text else None
    return _MARK_KINDS[mark[1] or mark[2]] if mark else None


def _is_identity(text: str) -> bool:
    digits = unicodedata.normalize("NFKC", text).replace(" ", "").upper()
    total = sum(weight * int(digit) for weight, digit in zip(_IDENTITY_WEIGHTS, digits[:17], strict=True))
    return _IDENTITY_CHECKS[total % 11] == digits[17] and _holds_birthday(digits)


def _holds_birthday(digits: str) -> bool:
    if digits[0] == "0" or not 1900 <= int(digits[6:10]) <= 2099:
        return False
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    return True


def _is_mobile(text: str) -> bool:
    # Six zeros at the end are an amount of money, not a telephone.
    return not text.endswith("000000")


def forbidden_cell_kind(value: Any) -> ForbiddenKind | None:
    """The forbidden thing in one cell. A number cell keeps 15 digits, so an identity number there has lost its
    check digit: the birthday in its middle gives it away."""
    if isinstance(value, str):
        return forbidden_kind(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or value < 1.3e10:
        return None
    digits = f"{value:.0f}"
    if len(digits) == 18 and _holds_birthday(digits):
        return "identity_number"
    return "mobile_number" if forbidden_kind(digits) == "mobile_number" else None


def find_in_container(container: Container) -> Forbidden | None:
    """The first forbidden thing in the file's own text, outside of what only a cell reader can see.

    For xlsx, ods and CSV this covers every cell; for the binary formats the caller also searches the cells of
    every sheet with :func:`find_in_cells`.
    """
    if container.kind == "csv":
        kind = forbidden_kind(container.text)
        return Forbidden(kind, "文本") if kind else None
    if container.kind == "xls":
        return _find_in_binary("工作簿", container.stream)
    for name, content in container.parts.items():
        find = _find_in_binary if name.endswith(".bin") else _find_in_part
        found = find(name, content)
        if found:
            return found
    return None


def _find_in_part(name: str, content: bytes) -> Forbidden | None:
    kind: ForbiddenKind | None = None
    if name.startswith("xl/worksheets/") and b'tr"' not in content:
        # Neither t="inlineStr" nor t="str": strings lie in the shared strings; left are numbers, header and footer,
        # and attributes.
        cells = (forbidden_cell_kind(float(match[1])) for match in _LONG_NUMBER_CELL.finditer(content))
        kind = next((found for found in cells if found), None)
        start = content.rfind(b"<headerFooter")
        tail = content[start:] if start >= 0 else b""
        if kind is None and (_may_hold_mark(content) or _may_hold_number(tail)):
            kind = mark_kind(content.decode("utf-8", "ignore")) or forbidden_kind(_part_text(name, tail))
    elif _has_runs(content) or _may_hold_mark(content) or _may_hold_number(content):
        kind = forbidden_kind(_part_text(name, content)) or mark_kind(content.decode("utf-8", "ignore"))
    return Forbidden(kind, _part_place(name)) if kind else None


def _has_runs(content: bytes) -> bool:
    """Whether one cell's text may be cut in pieces by markup, or spelt in character references."""
    return any(sign in content for sign in _RUN_SIGNS)


def _may_hold_mark(content: bytes) -> bool:
    """Cheap and never wrong when it says no: some 密 stands after 绝, 机 or 秘 and before a star or a period."""
    position = content.find(_SECRET)
    while position >= 0:
        before = content[max(0, position - 30) : position].translate(None, b" \t\r\n")
        if before.endswith(_LEVELS) and _AFTER_LEVEL.match(content, position + len(_SECRET)):
            return True
        position = content.find(_SECRET, position + 3)
    return False


def _may_hold_number(content: bytes) -> bool:
    """Cheap and never wrong when it says no: eleven digits in a row, or three groups, or full-width digits."""
    shape = content.translate(_DIGITS_TO_ZERO)
    return (
        _ELEVEN_DIGITS in shape
        or _SPACED_IDENTITY in shape
        or _SPACED_MOBILE.search(content) is not None
        or _FULL_WIDTH_DIGIT.search(content) is not None
    )


def _part_text(name: str, content: bytes) -> str:
    """Text of an XML part: runs of one cell joined, cells and paragraphs kept apart by NUL."""
    if name.startswith(("docProps/", "meta.xml")):
        content = _TAG.sub(b"\x00", content)
    else:
        for end in _BLOCK_ENDS:
            if end in content:
                content = content.replace(end, b"\x00" + end)
        content = _TAG.sub(b"", content)
    text = content.decode("utf-8", "ignore")
    return html.unescape(text) if "&#" in text else text


def _find_in_binary(name: str, content: bytes) -> Forbidden | None:
    """Marks lie as UTF-16 at either alignment; numbers as UTF-16 or one byte a character."""
    for text in (content.decode("utf-16-le", "ignore"), content[1:].decode("utf-16-le", "ignore")):
        kind = mark_kind(text)
        if kind:
            return Forbidden(kind, _part_place(name))
    if any(_is_identity(match[0]) for match in _IDENTITY.finditer(content.decode("latin-1"))):
        return Forbidden("identity_number", _part_place(name))
    return None


def _part_place(name: str) -> str:
    return next((place for word, place in _PART_PLACES if word in name), "文件内")


def find_in_cells(sheets: Iterable[tuple[str, Sequence[Sequence[Any]]]]) -> Forbidden | None:
    """The first forbidden cell of some sheets (name, rows from the sheet's first row), with its address."""
    for sheet, rows in sheets:
        for row_number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                kind = forbidden_cell_kind(value) if value != "" else None
                if kind:
                    return Forbidden(kind, f"工作表“{sheet}”的 {cell_name(row_number, column)} 单元格")
    return None
