"""Forbidden content in the cells of a sheet: in one cell, over neighbouring cells, or in a column of names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.faults import cell_name
from pipelines.guard_names import holds_labelled_name, is_name, is_person_header, is_sure_name
from pipelines.guard_texts import (
    ForbiddenKind,
    digit_windows,
    fold,
    forbidden_cell_kind,
    forbidden_kind,
    split_mark_kind,
    split_number_kind,
)

Cells = Sequence[Sequence[Any]]
# Kind, row from 1, column from 0.
CellFinding = tuple[ForbiddenKind, int, int]

# A column with no heading that asks for names counts as one of names from this many different ones on, when nearly all
# its cells look so, and enough of them are as long as no ordinary word that begins with a surname.
LEAST_NAMES, NAME_SHARE, LONG_NAME_SHARE = 4, 0.8, 0.5
_NUMBER_HEADINGS = ("电话", "手机", "联系方式", "号码", "卡号", "账号", "帐号", "身份证", "证件")


@dataclass(frozen=True, slots=True)
class _Look:
    """What a text is by itself."""

    kind: ForbiddenKind | None = None
    is_name: bool = False
    is_sure_name: bool = False
    asks_for_name: bool = False


_NOTHING = _Look()


class Searcher:
    """Searches sheets; each distinct text is looked at once."""

    def __init__(self) -> None:
        self._looks: dict[str, _Look] = {}

    def find(self, rows: Cells) -> CellFinding | None:
        """The first forbidden thing in a sheet's cells, given from its first row on."""
        looks = self._looks
        asked_or_named = False
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    look = looks.get(value) or self._look(value)
                    kind = look.kind
                    asked_or_named = asked_or_named or look.is_name
                else:
                    kind = forbidden_cell_kind(value) if isinstance(value, float | int) else None
                if kind:
                    return kind, number, column
        return _find_split(rows) or (self._find_names(rows) if asked_or_named else None)

    def _look(self, text: str) -> _Look:
        if len(text) < 2:
            look = _NOTHING
        elif text.isascii():
            look = _Look(forbidden_cell_kind(text)) if len(text) > 10 else _NOTHING
        else:
            kind = forbidden_kind(text) or ("personal_name" if holds_labelled_name(text) else None)
            is_short = len(text) <= 40
            named = is_short and is_name(text)
            look = _Look(kind, named, named and is_sure_name(text), is_short and is_person_header(text))
        self._looks[text] = look
        return look

    def _find_names(self, rows: Cells) -> CellFinding | None:
        width = max((len(row) for row in rows), default=0)
        for column in range(width):
            cells = [
                (number, row[column])
                for number, row in enumerate(rows, start=1)
                if column < len(row) and isinstance(row[column], str) and row[column].strip()
            ]
            number = self._named_below(cells) or self._named_unasked(cells)
            if number:
                return "personal_name", number, column
        return self._named_beside(rows)

    def _named_below(self, cells: Sequence[tuple[int, str]]) -> int | None:
        """Row of the first name under a heading that asks for names."""
        is_asked = False
        for number, text in cells:
            if is_asked and self._looks[text].is_name:
                return number
            is_asked = is_asked or self._looks[text].asks_for_name
        return None

    def _named_unasked(self, cells: Sequence[tuple[int, str]]) -> int | None:
        """Row of the first name in a column that holds nearly nothing else. The heading itself is no value."""
        looks = [self._looks[text] for _, text in cells]
        if sum(look.is_sure_name for look in looks) < LEAST_NAMES:
            return None
        first = next(place for place, look in enumerate(looks) if look.is_sure_name)
        sure = [text.strip() for _, text in cells[first:] if self._looks[text].is_sure_name]
        is_column = (
            len(set(sure)) >= max(LEAST_NAMES, len(sure) / 4)
            and sum(look.is_name for look in looks[first:]) >= NAME_SHARE * len(looks[first:])
            and sum(len(text) > 2 for text in sure) >= LONG_NAME_SHARE * len(sure)
        )
        return cells[first][0] if is_column else None

    def _named_beside(self, rows: Cells) -> CellFinding | None:
        """A name right of a label that asks for one: 填表人 | 张三. Two headings side by side are none."""
        for number, row in enumerate(rows, start=1):
            is_asked = False
            for column, value in enumerate(row):
                if isinstance(value, str) and value.strip():
                    look = self._looks[value]
                    if is_asked and look.is_sure_name:
                        return "personal_name", number, column
                    is_asked = look.asks_for_name
        return None


def _find_split(rows: Cells) -> CellFinding | None:
    """Marks and numbers cut over neighbouring cells of one row."""
    for number, row in enumerate(rows, start=1):
        filled = [(column, text) for column, value in enumerate(row) if (text := _as_text(value))]
        texts = [text for _, text in filled]
        for place, text in enumerate(texts):
            if text[0] in "绝机秘絕機祕国" and len(text) <= 8:
                kind = split_mark_kind(text, texts[place + 1 : place + 5])
                if kind:
                    return kind, number, filled[place][0]
        if sum(len(text) > 2 and text[0].isdigit() for text in texts) < 2:
            continue
        for place, window in digit_windows(texts):
            kind = split_number_kind(window, _is_called_number(rows, number, [c for c, _ in filled[place:]]))
            if kind:
                return kind, number, filled[place][0]
    return None


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    is_whole = (
        isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e19 and value == int(value)
    )
    return f"{value:.0f}" if is_whole else ""


def _is_called_number(rows: Cells, number: int, columns: Sequence[int]) -> bool:
    """Whether a heading above, or the cell to the left, speaks of telephones, cards or papers."""
    column = columns[0]
    above = (row[column] for row in rows[max(0, number - 200) : number - 1] if column < len(row))
    left = rows[number - 1][:column]
    return any(word in fold(text) for text in (*above, *left) if isinstance(text, str) for word in _NUMBER_HEADINGS)


def find_in_rows(sheets: Iterable[tuple[str, Cells]]) -> tuple[CellFinding, int, str] | None:
    """The first finding of some sheets, the place of its sheet from 1, and its sheet's name."""
    searcher = Searcher()
    for place, (sheet, rows) in enumerate(sheets, start=1):
        found = searcher.find(rows)
        if found:
            return found, place, sheet
    return None


def place_of_cell(sheet: str, place: int, row: int, column: int) -> str:
    """Where a cell stands, in words. A sheet whose own name is forbidden is told by its place."""
    return f"{name_of_sheet(sheet, place)}的 {cell_name(row, column)} 单元格"


def name_of_sheet(sheet: str, place: int) -> str:
    """A sheet by its name, or by its place where the name must not be repeated."""
    return f"第 {place} 张工作表" if is_forbidden_name(sheet) else f"工作表“{sheet}”"


def is_forbidden_name(name: str) -> bool:
    """Whether a sheet's or file's name itself holds what must not be kept."""
    return bool(forbidden_kind(name)) or holds_labelled_name(name)
