"""Write the workbook that a clerk fills in, from a contract alone.

Three sheets: the data sheet first (saving as CSV saves it), then 填报说明, then the hidden 代码表 that feeds the
drop-down lists. The layout of the data sheet is in DEVELOPING.md under "A filed workbook"; the reader looks for it.
Only the cells to fill in are unlocked, and protection has no password: it guards against slips, not against people.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any

import xlsxwriter

from data_contracts.calendar import due_on
from data_contracts.contract import EXPLANATION_TITLE, FREQUENCY_TITLES, Column, Contract
from data_contracts.periods import frequency_of, period_end, period_title
from pipelines.template_guide import write_guide
from pipelines.template_input import BOOLEAN_TITLES, choices, input_message, input_rule
from pipelines.template_styles import FORMATS, TITLE_ROW_HEIGHT

CODES_SHEET = "代码表"
GUIDE_SHEET = "填报说明"
SIMULATED_TITLE = "模拟数据"
EXPLANATION_HEADER_HELP = "有核实提示的行，在这里写明情况；没有的不填。不写涉密内容，不写任何人的信息。"

HEADER_ROW = 5  # counted from 0, as XlsxWriter does
FIRST_DATA_ROW = 6
# Input checks, drop-down lists and the filter reach this far down; rows inserted by the clerk take them along.
LAST_CHECKED_ROW = 5000

_COLUMNS_OF_A_SHEET = 16_384
_WIDTHS = {"date": 13.0, "datetime": 18.0, "boolean": 11.0, "integer": 11.0, "decimal": 11.0}
_NARROWEST, _WIDEST, _NAME_WIDTH, _EXPLANATION_WIDTH = 11.0, 30.0, 30, 38.0
# What a protected sheet still lets the clerk do.
_ALLOWED = ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter")


def write_template(
    path: Path,
    contract: Contract,
    division_code: str,
    division_name: str,
    period: str,
    *,
    rows: Iterable[Mapping[str, Any]] = (),
    is_nil: bool = False,
    is_simulated: bool = False,
) -> None:
    """Write one reporter's template for one period, empty or filled.

    Args:
        path: the .xlsx to write; its folder is made where it is missing.
        contract: what is filed.
        division_code: six digits of the reporter.
        division_name: its name, as shown in the identification block.
        period: in the contract's frequency, e.g. `2026-09`.
        rows: by column name, canonical values: code (not title), bool, date, datetime, number, text, None; and
            `explanation`. They are written as a clerk sees them. Text in place of another type is written as it is.
        is_nil: declares that there is nothing to report (空表申报); then there are no rows.
        is_simulated: says 数据性质 模拟数据 in the identification block.

    Raises:
        ValueError: the period has not the contract's frequency, a row has a key that is no column of the contract, or
            a nil return has rows or is not allowed.
    """
    if frequency_of(period) != contract.frequency:
        raise ValueError(f"{contract.title}是{FREQUENCY_TITLES[contract.frequency]}，报告期不能是 {period}")
    rows = list(rows)
    if is_nil and (rows or not contract.allows_nil):
        raise ValueError(f"{contract.title}{'有数据行，' if rows else ''}不能空表申报")
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"in_memory": True}) as workbook:
        # The same call writes the same bytes on any day.
        made_at = datetime.combine(period_end(period), time(12))
        workbook.set_properties({"title": f"{contract.title} {period_title(period)}", "created": made_at})
        _Template(workbook, contract, division_code, division_name, period, is_nil, is_simulated).write(rows)


@dataclass
class _Template:
    workbook: Any
    contract: Contract
    division_code: str
    division_name: str
    period: str
    is_nil: bool
    is_simulated: bool

    def __post_init__(self) -> None:
        self.formats = {name: self.workbook.add_format(properties) for name, properties in FORMATS.items()}
        self.sheet = self.workbook.add_worksheet(self.contract.sheet)
        self.guide = self.workbook.add_worksheet(GUIDE_SHEET)
        self.codes = self.workbook.add_worksheet(CODES_SHEET)

    @cached_property
    def last_column(self) -> int:
        return len(self.contract.columns)

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        lists = self._write_codes()
        self._write_title_and_block()
        self._write_header()
        last_row = self._write_rows(rows)
        for place, column in enumerate(self.contract.columns):
            self._check_input(place, column, lists)
        self._set_up_sheet(last_row)
        write_guide(self.guide, self.contract, self.division_name, self.period, self.formats)

    def _write_codes(self) -> dict[str, str]:
        """Fill 代码表; returns the range of each list, by column name."""
        self.codes.hide()
        lists: dict[str, str] = {}
        for place, column in enumerate(column for column in self.contract.columns if choices(column)):
            offered = choices(column)
            self.codes.write_string(0, place, column.title, self.formats["guide_header"])
            self.codes.write_column(1, place, offered)
            self.codes.set_column(place, place, 30)
            letter = xlsxwriter.utility.xl_col_to_name(place)
            lists[column.name] = f"={CODES_SHEET}!${letter}$2:${letter}${len(offered) + 1}"
        return lists

    def _write_title_and_block(self) -> None:
        title = f"{self.contract.title}（{FREQUENCY_TITLES[self.contract.frequency]}）　{period_title(self.period)}"
        self.sheet.set_row_pixels(0, TITLE_ROW_HEIGHT)
        self.sheet.merge_range(0, 0, 0, self.last_column, title, self.formats["title"])
        pairs = [
            [("报表代码", self.contract.contract), ("模板版本", self.contract.version)],
            [("填报单位代码", self.division_code), ("填报单位", self.division_name)],
            [("报告期", self.period), ("空表申报", BOOLEAN_TITLES[self.is_nil])],
        ]
        if self.is_simulated:
            pairs[0].append(("数据性质", SIMULATED_TITLE))
        for row, line in enumerate(pairs, start=1):
            self.sheet.set_row_pixels(row, 25)
            for place, (label, value) in enumerate(line):
                style = "simulated" if label == "数据性质" else "value"
                if label == "空表申报" and self.contract.allows_nil:
                    style = "nil"
                    self._offer_nil(row, 2 * place + 1)
                self.sheet.write_string(row, 2 * place, label, self.formats["label"])
                self.sheet.write_string(row, 2 * place + 1, value, self.formats[style])
        self._write_hints()

    def _offer_nil(self, row: int, place: int) -> None:
        self.sheet.data_validation(
            row,
            place,
            row,
            place,
            {
                "validate": "list",
                "source": list(BOOLEAN_TITLES.values()),
                "input_title": "空表申报",
                "input_message": "本期确实没有需要登记的内容时改为“是”，下面不填数据行。",
                "error_title": "请从下拉列表中选",
                "error_message": "只能选“是”或者“否”。",
            },
        )

    def _write_hints(self) -> None:
        due = due_on(self.contract, self.period)
        nil = "；没有内容的，“空表申报”选“是”" if self.contract.allows_nil else ""
        hints = [
            "深蓝表头必填，浅灰表头选填；选中单元格即见填写提示。",
            f"请于 {due:%Y-%m-%d} 前报送{nil}。",
            f"有核实提示的行，在末栏“{EXPLANATION_TITLE}”写明情况。",
        ]
        for row, hint in enumerate(hints, start=1):
            first = 6 if row == 1 and self.is_simulated else 4
            if first < self.last_column:
                self.sheet.merge_range(row, first, row, self.last_column, hint, self.formats["hint"])

    def _write_header(self) -> None:
        self.sheet.set_row_pixels(HEADER_ROW, 46)
        for place, column in enumerate(self.contract.columns):
            style = "header_required" if column.required else "header_optional"
            self.sheet.set_column(place, place, _width(column), self.formats[column.kind])
            self.sheet.write_string(HEADER_ROW, place, column.header, self.formats[style])
        self.sheet.set_column(self.last_column, self.last_column, _EXPLANATION_WIDTH, self.formats["explanation"])
        self.sheet.write_string(HEADER_ROW, self.last_column, EXPLANATION_TITLE, self.formats["header_explanation"])
        self._unlock_beyond()

    def _unlock_beyond(self) -> None:
        """Excel deletes a row of a protected sheet only if all its cells are unlocked, those beyond the table too."""
        first = self.last_column + 1
        self.sheet.set_column(first, first, None, self.formats["beyond"])
        # One set_column over all of them would make XlsxWriter walk 16,384 columns for each row it writes.
        self.sheet.col_info.update(dict.fromkeys(range(first, _COLUMNS_OF_A_SHEET), self.sheet.col_info[first]))

    def _write_rows(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Write the data rows; returns the last row written, or the header's."""
        names = {column.name for column in self.contract.columns} | {"explanation"}
        last_row = HEADER_ROW
        for last_row, row in enumerate(rows, start=FIRST_DATA_ROW):
            if unknown := sorted(set(row) - names):
                raise ValueError(f"{self.contract.contract} 没有列 {'、'.join(unknown)}")
            for place, column in enumerate(self.contract.columns):
                self._write_cell(last_row, place, column, row.get(column.name))
            explanation = row.get("explanation")
            if explanation:
                self.sheet.write_string(last_row, self.last_column, str(explanation), self.formats["explanation"])
        return last_row

    def _write_cell(self, row: int, place: int, column: Column, value: Any) -> None:
        style = self.formats[column.kind]
        if value is None or value == "" or value != value:  # a missing number or date is not equal to itself
            return
        if isinstance(value, date | datetime):
            self.sheet.write_datetime(row, place, value, style)
        elif isinstance(value, str):
            self.sheet.write_string(row, place, column.title_of(value) if column.codes else value, style)
        elif column.kind == "boolean":
            self.sheet.write_string(row, place, BOOLEAN_TITLES[bool(value)], style)
        else:
            self.sheet.write_number(row, place, value, style)

    def _check_input(self, place: int, column: Column, lists: dict[str, str]) -> None:
        rule = {**input_rule(column, self.period, lists), **input_message(column)}
        self.sheet.data_validation(FIRST_DATA_ROW, place, LAST_CHECKED_ROW, place, rule)

    def _set_up_sheet(self, last_row: int) -> None:
        sheet = self.sheet
        explanation = {"validate": "any", "input_title": EXPLANATION_TITLE, "input_message": EXPLANATION_HEADER_HELP}
        sheet.data_validation(FIRST_DATA_ROW, self.last_column, LAST_CHECKED_ROW, self.last_column, explanation)
        sheet.conditional_format(
            FIRST_DATA_ROW,
            0,
            max(last_row, FIRST_DATA_ROW + 19),
            self.last_column,
            {"type": "formula", "criteria": "=TRUE", "format": self.formats["grid"]},
        )
        sheet.set_default_row(20)
        sheet.freeze_panes(FIRST_DATA_ROW, 1)
        sheet.autofilter(HEADER_ROW, 0, LAST_CHECKED_ROW, self.last_column)
        sheet.protect("", dict.fromkeys(_ALLOWED, True))
        sheet.set_selection(FIRST_DATA_ROW, 0, FIRST_DATA_ROW, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.repeat_rows(HEADER_ROW)
        sheet.set_footer(f"&L&9{self.division_name}　{self.contract.title}　{self.period}&R&9第 &P 页 共 &N 页")
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{LAST_CHECKED_ROW + 1}"})


def _width(column: Column) -> float:
    """Column width in characters; a Chinese character is two wide."""
    if column.kind in _WIDTHS:
        return _WIDTHS[column.kind]
    longest = max(_text_width(title) for title in choices(column) or [column.example])
    if column.kind == "string" and not column.pattern:
        longest = max(longest, _NAME_WIDTH)
    return float(min(max(longest + 3, _NARROWEST), _WIDEST))


def _text_width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
