"""The records a contract is made of. They are frozen: a contract is data, read once, never changed.

Built by :mod:`data_contracts.loading`; everything that knows a filed column (template, reader, checks,
staged schema, dictionary, page titles) asks these records and nothing else.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

ColumnKind = Literal["string", "integer", "decimal", "boolean", "date", "datetime", "code"]
FilingKind = Literal["register", "event", "tally"]
Frequency = Literal["month", "quarter", "year"]
Strength = Literal["mandatory", "query"]
Reach = Literal["row", "filing"]
# Operations on the cells of a row; on the rows of a filing; on what else the reporter has on file.
RowOperation = Literal[
    "days_between",
    "hours_between",
    "date_of",
    "month_of",
    "ratio",
    "sum",
    "difference",
    "first_six_digits",
    "first_ten_digits",
]
FilingOperation = Literal["filing_row_count", "filing_sum", "group_row_count", "group_sum"]
RecordOperation = Literal[
    "lookup",
    "matching_row_count",
    "register_row_count",
    "previous",
    "previous_row_count",
    "previous_sum",
    "beyond_usual",
    "row_count_beyond_usual",
    "copied_share",
]
HelperOperation = RowOperation | FilingOperation | RecordOperation

FILING_KIND_TITLES: dict[str, str] = {"register": "名录", "event": "台账", "tally": "统计表"}
FREQUENCY_TITLES: dict[str, str] = {"month": "月报", "quarter": "季报", "year": "年报"}
STRENGTH_TITLES: dict[str, str] = {"mandatory": "强制性", "query": "核实性"}
EXPLANATION_TITLE = "说明"

# What `pipelines.checking` adds to every frame: the dates on which the filing's period begins and ends.
PERIOD_COLUMNS = ("_period_start_on", "_period_end_on")

# Where a row came from; first in every staged table, so that any number can be walked back to its cell.
LINEAGE_COLUMNS: dict[str, str] = {
    "filing_id": "VARCHAR",
    "division_code": "VARCHAR",
    "period": "VARCHAR",
    "file_name": "VARCHAR",
    "sheet": "VARCHAR",
    "row": "BIGINT",
    "received_at": "TIMESTAMP",
}

_SQL_TYPES: dict[str, str] = {
    "string": "VARCHAR",
    "code": "VARCHAR",
    "integer": "BIGINT",
    "decimal": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
}


@dataclass(frozen=True)
class Code:
    """One entry of a code list: `code` is stored, `title` is what the clerk picks and reads."""

    code: str
    title: str
    synonyms: tuple[str, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None

    def is_valid_in(self, first_month: str, last_month: str) -> bool:
        """Whether the code may be used in a period that runs from one month to another (`2026-07`, `2026-09`)."""
        return (self.valid_from or "") <= last_month and first_month <= (self.valid_to or "9999-12")


@dataclass(frozen=True)
class Reference:
    """A column's value must stand in `column`, the key of `contract`, in what the reporter has on file."""

    contract: str
    column: str


@dataclass(frozen=True)
class Column:
    """One filed column: everything that is known of it, once."""

    name: str
    title: str
    kind: ColumnKind
    help: str
    required: bool = False
    is_key: bool = False
    unit: str | None = None
    example: str = ""
    max_length: int | None = None
    pattern: str | None = None
    pattern_help: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    not_after_period: bool = False
    codes: tuple[Code, ...] = ()
    synonyms: tuple[str, ...] = ()
    articles: tuple[int, ...] = ()
    reference: Reference | None = None
    units: tuple[tuple[str, float], ...] = ()

    @property
    def sql_type(self) -> str:
        """DuckDB type of the staged column."""
        return _SQL_TYPES[self.kind]

    @property
    def header(self) -> str:
        """Header as printed in the template: the title, with the unit where there is one."""
        return f"{self.title}（{self.unit}）" if self.unit else self.title

    @property
    def has_dated_codes(self) -> bool:
        """Whether some of its codes hold for a time only."""
        return any(code.valid_from or code.valid_to for code in self.codes)

    def title_of(self, code: str) -> str:
        """Chinese title of a code; the code itself where the list does not know it."""
        return next((entry.title for entry in self.codes if entry.code == code), code)


@dataclass(frozen=True)
class HelperColumn:
    """A column that exists only while rows are checked, because a rule needs arithmetic.

    The vocabulary is small and fixed, so that no contract carries code. `data_contracts.helper_columns` computes what
    a row or its filing tells, `pipelines.records` what else the reporter has on file. Operands are filed columns,
    `_period_start_on`, `_period_end_on`, and for some operations another contract or `contract.column`.
    """

    name: str
    operation: HelperOperation
    operands: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """One rule on filed rows, as the reporter reads it and as Great Expectations runs it.

    `message` may hold `{value}` (the filed value of the first of `columns`) and `{column_name}` of any column or
    helper column of the contract. `columns` are the cells to mark, the one to mend first. With the reach `filing` a
    failure is a property of the whole table: it is told once, at the first row, and explained there.
    `expectation` is `{"type": …, "kwargs": {…}}` in the words of Great Expectations.
    """

    check_id: str
    title: str
    strength: Strength
    columns: tuple[str, ...]
    message: str
    remedy: str
    article: int | None
    expectation: dict[str, Any] = field(hash=False)
    reach: Reach = "row"


@dataclass(frozen=True)
class EarlierTemplate:
    """An earlier version of the template that is still taken: what its headers are called now.

    `renamed` maps an old header to the column it is now; `dropped` are headers that are no longer asked for and are
    read over. Columns that did not exist then stay empty.
    """

    version: str
    renamed: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contract:
    """One kind of filing: who may file what, how often, under which articles."""

    contract: str
    title: str
    version: str
    kind: FilingKind
    frequency: Frequency
    family: str
    purpose: str
    row_meaning: str
    articles: tuple[int, ...]
    due_days: int
    columns: tuple[Column, ...]
    checks: tuple[Check, ...]
    allows_nil: bool = True
    path: str = ""
    usage: str = ""
    limitations: str = ""
    helper_columns: tuple[HelperColumn, ...] = ()
    earlier_templates: tuple[EarlierTemplate, ...] = ()

    @property
    def sheet(self) -> str:
        """Name of the sheet a clerk fills in."""
        return self.title

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns that together identify a row within a filing."""
        return tuple(column.name for column in self.columns if column.is_key)

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError with the contract's name if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.contract} 没有列 {name}")

    def check(self, check_id: str) -> Check:
        """The check with this id; KeyError if there is none."""
        for check in self.checks:
            if check.check_id == check_id:
                return check
        raise KeyError(f"{self.contract} 没有检查项 {check_id}")

    def staged_schema(self) -> dict[str, str]:
        """Column name → DuckDB type of the staged table, lineage first, `explanation` last."""
        filed = {column.name: column.sql_type for column in self.columns}
        return {**LINEAGE_COLUMNS, **filed, "explanation": "VARCHAR"}
