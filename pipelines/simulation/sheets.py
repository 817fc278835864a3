"""A data sheet as a clerk lays it out: title, identification block, header, rows; cells not yet in any file format."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from data_contracts.contract import EXPLANATION_TITLE, Column, Contract
from data_contracts.periods import period_title
from pipelines.simulation.contents import Row
from pipelines.simulation.traits import Reporter


@dataclass(frozen=True)
class ErrorValue:
    """A cell that holds the error of a formula: `#REF!`."""

    text: str


Cell = str | int | float | date | datetime | ErrorValue | None
Line = list[Cell]


@dataclass
class Sheet:
    """The data sheet of one filing. `names` are contract columns; None stands for a column the contract has not."""

    contract: Contract
    title: str
    block: dict[str, Cell]
    names: list[str | None]
    headers: list[str]
    rows: list[Line]
    above: list[str] = field(default_factory=list)
    blank_before_header: int = 1
    total: Line | None = None
    has_hidden_sheet: bool = False

    def place(self, name: str) -> int:
        """Position of a contract column, counted from 0; ValueError if it is not on the sheet."""
        return self.names.index(name)

    def column(self, place: int) -> Column | None:
        """The contract column at a position; None for 说明 and foreign columns."""
        name = self.names[place]
        return self.contract.column(name) if name and name != "explanation" else None

    def table(self) -> list[list[Any]]:
        """Everything that has one entry per column: names, headers, rows, the total row. Change it in place."""
        return [self.names, self.headers, *self.rows, *([self.total] if self.total else [])]

    def lines(self) -> Iterator[Line]:
        """Every line of the sheet from the top, as written; a data row is given as the same object."""
        for text in self.above:
            yield [text]
        yield [self.title]
        entries = list(self.block.items())
        for start in range(0, len(entries), 2):
            yield [cell for entry in entries[start : start + 2] for cell in entry]
        yield from ([] for _ in range(self.blank_before_header))
        yield list(self.headers)
        yield from self.rows
        if self.total:
            yield self.total

    def row_number(self, row: Line) -> int:
        """Number of a data row as a spreadsheet shows it; 0 if it is not on the sheet."""
        return next((number for number, line in enumerate(self.lines(), start=1) if line is row), 0)


def draw_up(contract: Contract, reporter: Reporter, period: str, rows: list[Row]) -> Sheet:
    """A clean sheet: block filled, columns in the contract's order, 说明 last, codes and 是/否 as titles."""
    names: list[str | None] = [*(column.name for column in contract.columns), "explanation"]
    return Sheet(
        contract=contract,
        title=f"{contract.title}（{period_title(period)}）",
        block={
            "报表代码": contract.contract,
            "模板版本": contract.version,
            "填报单位代码": reporter.code,
            "填报单位": reporter.name,
            "报告期": period,
            "空表申报": "否" if rows else "是",
            "数据性质": "模拟数据",
        },
        names=names,
        headers=[*(column.header for column in contract.columns), EXPLANATION_TITLE],
        rows=[[as_filled(contract, name, row) for name in names] for row in rows],
    )


def as_filled(contract: Contract, name: str | None, row: Row) -> Cell:
    """The cell a clerk fills in for a typed value: titles for codes, 是/否 for truth, dates and numbers as they are."""
    value = row.get(name) if name else None
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None or name == "explanation":
        return value
    column = contract.column(str(name))
    return column.title_of(value) if column.kind == "code" else value


def as_text(cell: Cell) -> str:
    """A cell as plain text: days as 2026-03-01, nothing as the empty text."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, ErrorValue):
        return cell.text
    return "" if cell is None else str(cell)
