"""Cells as people write them → typed columns. Each distinct spelling is understood once, however often it stands.

Nothing is guessed and nothing is lost: a cell that cannot be read becomes null in the column *and* a problem that
says why, which the caller turns into a fault at its cell.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from data_contracts.contract import Column, ColumnKind
from pipelines.identification import normalise
from pipelines.units import ConvertedNumber

ARROW_TYPES: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
}
# As Excel and LibreOffice show a formula that failed; LibreOffice also counts: Err:502.
_FORMULA_ERROR = re.compile(r"^(#(REF|N/A|VALUE|DIV/0|NAME|NUM|NULL|SPILL|CALC|GETTING_DATA)[!?]?|Err:\d{3})$")
_TRUE_WORDS = {"是", "有", "√", "✓", "✔", "1", "Y", "YES", "TRUE", "真"}
_FALSE_WORDS = {"否", "无", "×", "✕", "✗", "✘", "X", "0", "N", "NO", "FALSE", "假"}
_STRIPPED = " \t\r\n\u3000\u00a0\u200b\ufeff"
_TEXT_SIGNS = ("'", "’", "‘", "`", "＇")  # before a number, to keep it as text; WPS and CSV files show it
_DASHES = str.maketrans("–—−‐‑", "-----")
_NUMBER = re.compile(r"^([+-]?)(\d{1,3}(?:[, ]\d{3})+|\d+)(\.\d+)?$")
_MOST_DIGITS = 400  # beyond, a number is larger than a float can be
_DATE = re.compile(r"^(\d{4})(?:(-)|(/)|(\.)|年)(\d{1,2})(?(2)-|(?(3)/|(?(4)\.|月)))(\d{1,2})(?:日|号|(?=[ T]|$))(.*)$")
_COMPACT_DATE = re.compile(r"^(\d{4})(\d{2})(\d{2})(?: ?(\d{2})(\d{2})(\d{2})?)?$")
_TIME = re.compile(r"^(?:T| )?(\d{1,2})(?:(:)|时|点)(?:(\d{1,2})分?)?(?(2)(?<=\d)|)(?::?(\d{1,2})(?:\.\d+)?秒?)?$")
_SPACED_SIGNS = re.compile(r"\s*([年月日号时点分秒:/.-])\s*")
_FIRST_YEAR, _LAST_YEAR = 1950, 2100
_EXCEL_EPOCH = datetime(1899, 12, 30)
Moment = TypeVar("Moment", bound=date)


class UnreadableCellError(ValueError):
    """A cell that cannot be read as its column's kind; the text says why, in Chinese, after the value."""


class FormulaError(ValueError):
    """A cell that shows the error of a formula."""


@dataclass(slots=True)
class ParsedColumn:
    """Typed values, null where blank or unreadable; and the unreadable cells by position."""

    values: pa.Array
    unreadable: dict[int, str] = field(default_factory=dict)
    formula_errors: list[int] = field(default_factory=list)


def parse_column(column: Column, cells: Sequence[Any]) -> ParsedColumn:
    """Read the cells of one column, over as many filings as came together.

    Args:
        column: what they should be.
        cells: as calamine or a CSV gives them: text, numbers, booleans, dates; blank is `""` or None.

    Returns:
        `values` has the length of `cells` and the Arrow type of the column's SQL type.
    """
    spellings = dict.fromkeys(cells)
    if True in spellings or False in spellings:  # also met by 1 and 0, which Python holds equal to them
        cells = [str(cell).upper() if cell is True or cell is False else cell for cell in cells]
        spellings = dict.fromkeys(cells)
    read = _reader(column)
    values: list[Any] = []
    reasons: dict[int, str] = {}
    errors: set[int] = set()
    for place, cell in enumerate(spellings):
        value = None
        try:
            if cell is not None and cell != "":
                value = _read_unless_error(read, cell)
        except FormulaError:
            errors.add(place)
        except UnreadableCellError as error:
            reasons[place] = str(error)
        values.append(value)
        spellings[cell] = place
    places = np.fromiter(map(spellings.__getitem__, cells), dtype=np.int32, count=len(cells))
    parsed = ParsedColumn(pa.array(values, type=ARROW_TYPES[column.sql_type]).take(pa.array(places)))
    if reasons or errors:
        for index in np.flatnonzero(np.isin(places, [*reasons, *errors])).tolist():
            if places[index] in errors:
                parsed.formula_errors.append(index)
            else:
                parsed.unreadable[index] = reasons[int(places[index])]
    return parsed


def _read_unless_error(read: Callable[[Any], Any], cell: Any) -> Any:
    if isinstance(cell, str):
        cell = cell.strip(_STRIPPED)
        if cell[:1] in _TEXT_SIGNS:
            cell = cell[1:].lstrip(_STRIPPED)
        if not cell:
            return None
        if cell[0] in "#E" and _FORMULA_ERROR.match(cell):
            raise FormulaError(cell)
    return read(cell)


def _reader(column: Column) -> Callable[[Any], Any]:
    if column.kind == "code":
        return partial(read_code, codes=code_spellings(column))
    if column.kind == "string" and (column.pattern or column.is_key or column.reference):
        return partial(read_identifier, pattern=re.compile(column.pattern) if column.pattern else None)
    return _READERS[column.kind]


def show_cell(cell: Any) -> str:
    """A cell as a reporter would recognise it, at most 60 characters."""
    if isinstance(cell, bool):
        text = "TRUE" if cell else "FALSE"
    elif isinstance(cell, ConvertedNumber):
        text = cell.filed
    elif isinstance(cell, float) and cell.is_integer():
        text = f"{cell:.0f}"
    elif isinstance(cell, datetime):
        text = f"{cell:%Y-%m-%d %H:%M}"
    else:
        text = "" if cell is None else str(cell).strip(_STRIPPED)
    return text if len(text) <= 60 else f"{text[:59]}…"


def read_text(cell: Any) -> str:
    """Free text, trimmed; a number cell loses the `.0` that the spreadsheet never showed."""
    return cell if isinstance(cell, str) else _plain(cell)


def read_identifier(cell: Any, pattern: re.Pattern[str] | None = None) -> str:
    """A code that people type by hand: half-width, no spaces, plain hyphens; capitals where only they fit."""
    text = normalise(read_text(cell)).translate(_DASHES)
    if pattern is not None and not pattern.match(text) and pattern.match(text.upper()):
        return text.upper()
    return text


def code_spellings(column: Column) -> dict[str, str]:
    """Every accepted spelling of a column's codes, normalised → the code."""
    spellings: dict[str, str] = {}
    for entry in column.codes:
        for word in (*entry.synonyms, entry.code, entry.title):
            spellings[normalise(word).lower()] = entry.code
    return spellings


def read_code(cell: Any, codes: dict[str, str]) -> str:
    """The code meant by a title, a synonym or the code itself."""
    code = codes.get(normalise(read_text(cell)).lower())
    if code is None:
        raise UnreadableCellError("不在可选项内")
    return code


def read_boolean(cell: Any) -> bool:
    """是/否, 有/无, √/×, 1/0, Y/N, true/false."""
    text = normalise(read_text(cell)).upper()
    if text in _TRUE_WORDS:
        return True
    if text in _FALSE_WORDS:
        return False
    raise UnreadableCellError("既不是“是”也不是“否”")


def read_integer(cell: Any) -> int:
    """A whole number; thousands separators and full-width digits are understood, units and words are not."""
    number = _number(cell)
    whole = int(number) if isinstance(number, int) or number.is_integer() else None
    if whole is None:
        raise UnreadableCellError("不是整数")
    if not -(2**63) <= whole < 2**63:
        raise UnreadableCellError("超出整数范围")
    return whole


def read_decimal(cell: Any) -> float:
    """A number with or without decimals."""
    try:
        number = float(_number(cell))
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise UnreadableCellError("超出数值范围")
    return number


def _number(cell: Any) -> int | float:
    if isinstance(cell, int | float):
        return cell
    if isinstance(cell, str):
        match = _NUMBER.match(unicodedata.normalize("NFKC", cell).translate(_DASHES))
        if match:
            digits = match[1] + match[2].replace(",", "").replace(" ", "")
            if len(digits) > _MOST_DIGITS:
                raise UnreadableCellError("超出数值范围")
            return float(digits + match[3]) if match[3] else int(digits)
    raise UnreadableCellError("不是数字")


def read_date(cell: Any) -> date:
    """A day: a date cell, 2026-03-01, 2026/3/1, 2026.3.1, 20260301, 2026年3月1日, or Excel's day number."""
    if isinstance(cell, datetime):
        if cell.time() != time():
            raise UnreadableCellError("带有时刻，这一栏只填日期")
        cell = cell.date()
    if isinstance(cell, date):
        return _plausible(cell)
    moment, has_time = _moment(cell)
    if has_time and moment.time() != time():
        raise UnreadableCellError("带有时刻，这一栏只填日期")
    return moment.date()


def read_datetime(cell: Any) -> datetime:
    """A moment: a date cell, 2026-03-01 8:30, 2026年3月1日8时30分, 202603010830. A text must say the time."""
    if isinstance(cell, datetime):
        return _to_second(_plausible(cell))
    if isinstance(cell, date):  # a date cell at midnight comes without its time
        return datetime.combine(_plausible(cell), time())
    moment, has_time = _moment(cell)
    if not has_time:
        raise UnreadableCellError("没有写明时、分")
    return moment


def _moment(cell: Any) -> tuple[datetime, bool]:
    """The moment that a text or number means, and whether it tells the time of day (Excel's count always does)."""
    if isinstance(cell, int | float):
        if 18_264 <= cell < 73_416:  # 1950-01-01 … 2100-12-31 as Excel counts days
            return _to_second(_EXCEL_EPOCH + timedelta(days=cell)), True
    elif not isinstance(cell, str):
        raise UnreadableCellError("不是日期")
    text = _SPACED_SIGNS.sub(r"\1", unicodedata.normalize("NFKC", read_text(cell))).strip()
    if match := _DATE.match(text):
        return _assemble(match[1], match[5], match[6], match[7])
    if match := _COMPACT_DATE.match(text):
        clock = ":".join(part for part in match.groups()[3:] if part)
        return _assemble(match[1], match[2], match[3], clock)
    raise UnreadableCellError("不是日期")


def _assemble(year: str, month: str, day: str, clock: str) -> tuple[datetime, bool]:
    found = _TIME.match(clock) if clock else None
    if clock and not found:
        raise UnreadableCellError("不是日期")
    hour, minute, second = (int(found[group] or 0) for group in (1, 3, 4)) if found else (0, 0, 0)
    try:
        return _plausible(datetime(int(year), int(month), int(day), hour, minute, second)), found is not None
    except ValueError as error:
        raise error if isinstance(error, UnreadableCellError) else UnreadableCellError("不是存在的日期") from error


def _plausible(day: Moment) -> Moment:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise UnreadableCellError(f"的年份不在 {_FIRST_YEAR} 至 {_LAST_YEAR} 之间")
    return day


def _to_second(moment: datetime) -> datetime:
    """Excel keeps moments as fractions of a day, so a whole minute may come a few microseconds off."""
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def _plain(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return f"{cell:.0f}"
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    return str(cell)


_READERS: dict[ColumnKind, Callable[[Any], Any]] = {
    "string": read_text,
    "integer": read_integer,
    "decimal": read_decimal,
    "boolean": read_boolean,
    "date": read_date,
    "datetime": read_datetime,
}
