"""Dirt that must not matter: other headers, other orders, other ways to write a day or a number.

None of it changes what is said; a filing that is dirty in these ways has to be taken.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from data_contracts.periods import period_title
from pipelines.simulation.draws import draw_between, draw_weighted
from pipelines.simulation.settings import load
from pipelines.simulation.sheets import Sheet
from pipelines.simulation.traits import Reporter

_FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
_DAY_STYLES: dict[str, Callable[[date], str]] = {
    "iso": lambda day: f"{day:%Y-%m-%d}",
    "chinese": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "dotted": lambda day: f"{day.year}.{day.month}.{day.day}",
    "slashed": lambda day: f"{day.year}/{day.month}/{day.day}",
}
_CLOCKED = {"chinese": "iso", "dotted": "slashed"}  # days with a clock time are written more carefully


@dataclass(frozen=True)
class Habits:
    """What a clerk keeps doing: the tool, how days are written, which kinds of dirt (keys of clerks.yaml)."""

    tool: str
    date_style: str
    kinds: frozenset[str]
    title_pattern: str
    file_pattern: str
    ending: str


def draw_habits(rng: np.random.Generator) -> Habits:
    """A clerk's habits; those who use the template as given have none of the dirt."""
    settings = load("clerks")
    tool = draw_weighted(settings["tools"], rng)
    style = draw_weighted(settings["date_styles"], rng)
    kinds = frozenset(kind for kind, chance in settings["habits"].items() if rng.random() < chance)
    chosen = [str(rng.choice(settings[name])) for name in ("titles", "file_names", "final_endings")]
    if tool == "template":
        style, kinds = "typed", frozenset()
    return Habits(tool, style, kinds, *chosen)


def soil(sheet: Sheet, habits: Habits, reporter: Reporter, period: str, rng: np.random.Generator) -> Sheet:
    """The sheet as this clerk makes it; changed in place and given back."""
    if "code_synonyms" in habits.kinds:
        _say_codes_otherwise(sheet, rng)
    _write_days(sheet, habits.date_style)
    if "total_row" in habits.kinds:
        _add_total(sheet)
    _write_numbers(sheet, habits.kinds, rng)
    if "header_synonyms" in habits.kinds:
        _say_headers_otherwise(sheet, rng)
    if "swapped_columns" in habits.kinds and len(sheet.names) > 3:
        _swap_columns(sheet, rng)
    if "trailing_blanks" in habits.kinds:
        _trail_blanks(sheet, rng)
    if "merged_title" in habits.kinds:
        words = {"name": reporter.spoken_name, "period": period_title(period), "title": sheet.contract.title}
        sheet.above.append(habits.title_pattern.format(**words))
    if "blank_rows" in habits.kinds:
        _insert_blank_rows(sheet, rng)
    sheet.has_hidden_sheet = "hidden_sheet" in habits.kinds
    return sheet


def _touches(rng: np.random.Generator) -> bool:
    return bool(rng.random() < load("clerks")["touch_chance"])


def _say_codes_otherwise(sheet: Sheet, rng: np.random.Generator) -> None:
    for place in range(len(sheet.names)):
        column = sheet.column(place)
        if column is None or column.kind != "code":
            continue
        synonyms = {code.title: [word for word in code.synonyms if not word.isdigit()] for code in column.codes}
        for row in sheet.rows:
            words = synonyms.get(str(row[place]), [])
            if words and _touches(rng):
                row[place] = words[int(rng.integers(len(words)))]


def _write_days(sheet: Sheet, style: str) -> None:
    if style == "typed":
        return
    for row in sheet.rows:
        for place, cell in enumerate(row):
            if isinstance(cell, datetime):
                row[place] = f"{_DAY_STYLES[_CLOCKED.get(style, style)](cell)} {cell:%H:%M}"
            elif isinstance(cell, date):
                row[place] = _DAY_STYLES[style](cell)


def _write_numbers(sheet: Sheet, kinds: frozenset[str], rng: np.random.Generator) -> None:
    for row in sheet.rows:
        for place, cell in enumerate(row):
            if not isinstance(cell, int):
                continue
            if "thousands_separators" in kinds and cell >= 1000:
                row[place] = f"{cell:,}"
            elif "full_width_digits" in kinds and _touches(rng):
                row[place] = str(cell).translate(_FULL_WIDTH)
            elif "numbers_as_text" in kinds:
                row[place] = str(cell)
    if "full_width_digits" not in kinds:
        return
    for row in sheet.rows:
        for place, cell in enumerate(row):
            column = sheet.column(place)
            if column and column.kind == "date" and isinstance(cell, str) and _touches(rng):
                row[place] = cell.translate(_FULL_WIDTH)


def _add_total(sheet: Sheet) -> None:
    """A 合计 row under tables that have numbers to add."""
    places = [
        place for place in range(len(sheet.names)) if (column := sheet.column(place)) and column.kind == "integer"
    ]
    if not places or not sheet.rows:
        return
    sheet.total = [None] * len(sheet.names)
    for place in places:
        sheet.total[place] = sum(cell for row in sheet.rows if isinstance(cell := row[place], int))
    sheet.total[0] = "合计"


def _say_headers_otherwise(sheet: Sheet, rng: np.random.Generator) -> None:
    for place in range(len(sheet.names)):
        column = sheet.column(place)
        if column and column.synonyms and rng.random() < load("clerks")["header_synonym_chance"]:
            sheet.headers[place] = str(rng.choice(column.synonyms))


def _swap_columns(sheet: Sheet, rng: np.random.Generator) -> None:
    """Two neighbours behind the first column change places; the first stays, so that 合计 stands in front."""
    left = draw_between((1, len(sheet.names) - 3), rng)
    for line in sheet.table():
        line[left], line[left + 1] = line[left + 1], line[left]


def _trail_blanks(sheet: Sheet, rng: np.random.Generator) -> None:
    for row in sheet.rows:
        for place, cell in enumerate(row):
            if isinstance(cell, str) and _touches(rng):
                row[place] = cell + ("  " if rng.random() < 0.7 else "\u3000")


def _insert_blank_rows(sheet: Sheet, rng: np.random.Generator) -> None:
    sheet.blank_before_header = draw_between((1, 3), rng)
    if len(sheet.rows) > 3:
        sheet.rows.insert(draw_between((1, len(sheet.rows) - 1), rng), [])
    sheet.rows.extend([[], []] if sheet.rows and sheet.total is None else [])
