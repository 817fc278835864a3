"""A sheet's cells → its data rows: header found, and what stands around the data in real offices set apart.

Blank rows, totals, the row of column numbers, and the lines below a table (填报单位：…) are no data. A cell merged over
rows counts for each of them. Numbers come in their column's unit.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from data_contracts.contract import Contract
from pipelines.headers import HeaderMatch, HeaderReader
from pipelines.identification import normalise
from pipelines.units import bring_to_unit

Rows = list[list[Any]]
# First and last row, column: a cell merged over rows; rows as Excel numbers them, column from 0.
MergedCell = tuple[int, int, int]
GRAND_TOTAL_WORDS = {"合计", "总计", "共计", "总合计"}
SUBTOTAL_WORDS = {"小计", "本页合计", "本页小计", "分计"}
TOTAL_WORDS = GRAND_TOTAL_WORDS | SUBTOTAL_WORDS | {"累计", "本年累计"}
NO_HEADER = HeaderMatch({}, ())
# Days between the two ways in which spreadsheets count: from 1900 and from 1904 (ECMA-376 part 1, 18.17.4.1).
DAYS_1904 = 1462

_FOOTER = re.compile(
    r"(?:[填制][表报]人?|审核人?|复核人?|[^:：]{0,4}负责人|经办人|联系人|联系电话|填报单位|填报单位?\(?盖?章?\)?|单位\(?盖?公?章\)?|\(?盖章\)?|"
    r"[填报制][表报送]?(?:日期|时间)|备注|注|注意|说明|填[表报]说明)\s*[:：].*",
    re.S,
)
_UNIT_LINE = re.compile(r"(?:计量|金额|货币)?单位:([^\d:]{1,5})")
_CHINESE_COUNT = "甲乙丙丁戊己庚辛壬癸"


@dataclass(slots=True)
class RawSheet:
    """The data sheet as filed.

    `rows` are its data rows; `row_numbers` numbers each as Excel does. `header_row` is 0 where no header was found.
    `strays` are filled cells under no header (row number, position from 0). `totals` are total rows by number.
    `rivals` are other visible sheets with the very same identification.
    """

    sheet: str
    header_row: int = 0
    match: HeaderMatch = NO_HEADER
    rows: Rows = field(default_factory=list)
    row_numbers: list[int] = field(default_factory=list)
    strays: list[tuple[int, int]] = field(default_factory=list)
    rivals: tuple[str, ...] = ()
    totals: list[tuple[int, list[Any]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SheetTraits:
    """What a file says of a sheet beside its cells."""

    version: str | None = None
    merged: Sequence[MergedCell] = ()
    counts_from_1904: bool = False


def shape_sheet(
    sheet: str,
    rows: Rows,
    after: int,
    reader: HeaderReader,
    rivals: tuple[str, ...] = (),
    traits: SheetTraits = SheetTraits(),
) -> RawSheet:
    """Find the header row from index `after` on, and keep the data rows below it with their numbers."""
    found = reader.find(rows, after, traits.version)
    if found is None:
        return RawSheet(sheet, rivals=rivals)
    index, match = found
    raw = RawSheet(sheet, index + 1, match, rivals=rivals)
    for first, last, column in traits.merged:
        _fill_down(rows, max(first, index + 2), first, last, column)
    taken = {*match.positions.values(), *match.dropped, *(fault.position for fault in match.faults)}
    width = max((len(row) for row in rows), default=0)
    headless = [position for position in range(width) if position not in taken]
    _take_rows(raw, rows, index, headless)
    _bring_to_units(raw, reader.contract, _sheet_unit(rows[after:index]))
    if traits.counts_from_1904:
        _shift_days(raw, reader.contract)
    return raw


def _take_rows(raw: RawSheet, rows: Rows, index: int, headless: Sequence[int]) -> None:
    for number, row in enumerate(rows[index + 1 :], start=index + 2):
        if not any(row) and all(cell == "" or cell is None for cell in row):
            continue
        first = row[0]
        if not isinstance(first, str) or first.strip() == "" or "计" in first:
            word = first_word(row)
            if word is None:
                continue
            if word in TOTAL_WORDS:
                raw.totals.append((number, row))
                continue
        if number == index + 2 and _counts_columns(row):
            continue
        raw.rows.append(row)
        raw.row_numbers.append(number)
    _drop_footers(raw)
    for number, row in zip(raw.row_numbers, raw.rows, strict=True):
        raw.strays += [(number, position) for position in headless if not _is_blank(row[position])]


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def first_word(row: Sequence[Any]) -> str | None:
    """The first filled cell, normalised; empty for a number, None for a blank row."""
    first = next((cell for cell in row if not _is_blank(cell)), None)
    if first is None:
        return None
    return re.sub(r"[:(（].*$", "", normalise(first)) if isinstance(first, str) else ""


def _drop_footers(raw: RawSheet) -> None:
    """Take off the lines below the table, from the last row up."""
    while raw.rows and _is_footer(raw.rows[-1]):
        raw.rows.pop()
        raw.row_numbers.pop()


def _is_footer(row: Sequence[Any]) -> bool:
    """Whether each filled cell is a label with a colon, or stands right of one; the first is a label."""
    filled = [cell for cell in row if not _is_blank(cell)]
    return isinstance(filled[0], str) and len(filled) <= 6 and _FOOTER.fullmatch(normalise(filled[0])) is not None


def _counts_columns(row: Sequence[Any]) -> bool:
    """Whether the row below the header numbers the columns: 甲 乙 1 2 3, or 1 2 3 4."""
    texts = [normalise(_whole(cell)).strip("()") for cell in row if not _is_blank(cell)]
    letters = sum(text in _CHINESE_COUNT and len(text) == 1 for text in texts)
    wanted = [*_CHINESE_COUNT[:letters], *(str(number) for number in range(1, len(texts) - letters + 1))]
    return len(texts) >= 3 and texts in (wanted, [str(number) for number in range(1, len(texts) + 1)])


def _whole(cell: Any) -> str:
    return f"{cell:.0f}" if isinstance(cell, float) and cell.is_integer() else str(cell)


def _fill_down(rows: Rows, start: int, first: int, last: int, column: int) -> None:
    """Write a merged cell's value into each of its data rows."""
    if first < start or first > len(rows) or column >= len(rows[first - 1]):
        return
    value = rows[first - 1][column]
    for row in rows[first : min(last, len(rows))]:
        if _is_blank(row[column]) and any(not _is_blank(cell) for cell in row):
            row[column] = value


def _sheet_unit(rows: Sequence[Sequence[Any]]) -> str | None:
    """The unit that a line above the table states for all of it: 单位：万元."""
    for row in rows:
        for cell in row:
            if isinstance(cell, str) and "单位" in cell and (match := _UNIT_LINE.fullmatch(normalise(cell))):
                return match[1]
    return None


def _bring_to_units(raw: RawSheet, contract: Contract, sheet_unit: str | None) -> None:
    for column in contract.columns:
        position = raw.match.positions.get(column.name)
        if position is None or column.unit is None or column.kind not in ("integer", "decimal"):
            continue
        factor = raw.match.factors.get(column.name)
        if factor is None:
            factor = dict(column.units).get(sheet_unit or "", 1.0)
        if factor == 1.0 and not any(isinstance(row[position], str) and row[position] for row in raw.rows):
            continue
        for row in (*raw.rows, *(total for _, total in raw.totals)):
            row[position] = bring_to_unit(column, row[position], factor)


def _shift_days(raw: RawSheet, contract: Contract) -> None:
    """Bare day numbers of a workbook that counts from 1904, as Excel for Mac did. Date cells are told right already."""
    for column in contract.columns:
        position = raw.match.positions.get(column.name)
        if position is not None and column.kind in ("date", "datetime"):
            for row in raw.rows:
                cell = row[position]
                if isinstance(cell, int | float) and not isinstance(cell, bool):
                    row[position] = cell + DAYS_1904


def merged_over_rows(ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> list[MergedCell]:
    """Of merged ranges ((row, column), (row, column)), from 0, those over several rows, by their first column."""
    return [(top + 1, bottom + 1, left) for (top, left), (bottom, _) in ranges if bottom > top]
