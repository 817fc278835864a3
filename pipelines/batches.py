"""Filings of one contract, laid side by side: one typed table over all of them, and the faults found on the way.

Everything after reading works on such a batch, so that its cost hardly grows with the number of files.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from data_contracts.contract import Column, Contract, Strength
from pipelines.faults import Fault, cell_name
from pipelines.headers import EXPLANATION, HeaderFault
from pipelines.parsing import ARROW_TYPES, ParsedColumn, parse_column, show_cell
from pipelines.reading import RawSheet
from pipelines.totals import total_faults


@dataclass(frozen=True, slots=True)
class Filing:
    """One assigned file: what it is, whose, for when, and its data sheet as filed."""

    filing_id: str
    file_name: str
    division_code: str
    period: str
    received_at: datetime
    is_nil: bool
    raw: RawSheet


@dataclass(slots=True)
class Batch:
    """Filings of one contract and their rows, typed.

    `table` has the contract's staged schema, one row per filed row, filing after filing. `filing_places` and
    `row_numbers` (both one entry per row) say which filing of `filings` and which sheet row it is. `cells` keeps
    what was filed, by column name. `unreadable` are rows whose cell already has a fault, by column name.
    """

    contract: Contract
    filings: Sequence[Filing]
    table: pa.Table
    filing_places: np.ndarray
    row_numbers: np.ndarray
    cells: dict[str, Sequence[Any]]
    unreadable: dict[str, set[int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault_at(
        self,
        row: int,
        check_id: str,
        strength: Strength,
        column_name: str,
        message: str,
        remedy: str,
        article: int | None,
        *,
        is_explained: bool = False,
    ) -> Fault | None:
        """The fault at one cell of the table; None where the file has no such column, which is a fault of its own."""
        filing = self.filings[self.filing_places[row]]
        position = filing.raw.match.positions.get(column_name)
        if position is None:
            return None
        number = int(self.row_numbers[row])
        value = show_cell(self.cells[column_name][row])
        return Fault(
            filing.filing_id,
            check_id,
            strength,
            filing.raw.sheet,
            number,
            column_name,
            cell_name(number, position),
            value,
            message,
            remedy,
            article,
            is_explained,
        )


def parse_batch(contract: Contract, filings: Sequence[Filing]) -> Batch:
    """Lay filings of one contract side by side and type their columns."""
    counts = [len(filing.raw.rows) for filing in filings]
    places = np.repeat(np.arange(len(filings)), counts)
    numbers = np.fromiter((number for filing in filings for number in filing.raw.row_numbers), np.int64, sum(counts))
    cells = _gather_cells(contract, filings)
    batch = Batch(contract, filings, pa.table({}), places, numbers, cells)
    arrays = _lineage(filings, places, numbers)
    for column in contract.columns:
        parsed = parse_column(column, cells[column.name])
        arrays[column.name] = parsed.values
        batch.unreadable[column.name] = {*parsed.unreadable, *parsed.formula_errors}
        batch.faults += _cell_faults(batch, column, parsed)
    arrays[EXPLANATION] = parse_column(explanation_column(), cells[EXPLANATION]).values
    schema = pa.schema([(name, ARROW_TYPES[kind]) for name, kind in contract.staged_schema().items()])
    batch.table = pa.table(arrays).select(schema.names).cast(schema)
    for filing in filings:
        batch.faults += _sheet_faults(contract, filing)
    batch.faults += total_faults(batch)
    return batch


def explanation_column() -> Column:
    """The 说明 column, which every contract has and none declares."""
    return Column(EXPLANATION, "说明", "string", "核实性问题的说明")


def _gather_cells(contract: Contract, filings: Sequence[Filing]) -> dict[str, Sequence[Any]]:
    names = [*(column.name for column in contract.columns), EXPLANATION]
    cells: dict[str, list[Any]] = {name: [] for name in names}
    for filing in filings:
        columns = list(zip(*filing.raw.rows, strict=True))
        for name, gathered in cells.items():
            position = filing.raw.match.positions.get(name)
            if position is None:
                gathered.extend([None] * len(filing.raw.rows))
            elif columns:
                gathered.extend(columns[position])
    return {**cells}


def _lineage(filings: Sequence[Filing], places: np.ndarray, numbers: np.ndarray) -> dict[str, pa.Array]:
    taken = pa.array(places)
    per_filing = {
        "filing_id": pa.array([filing.filing_id for filing in filings], pa.string()),
        "division_code": pa.array([filing.division_code for filing in filings], pa.string()),
        "period": pa.array([filing.period for filing in filings], pa.string()),
        "file_name": pa.array([filing.file_name for filing in filings], pa.string()),
        "sheet": pa.array([filing.raw.sheet for filing in filings], pa.string()),
        "received_at": pa.array([filing.received_at for filing in filings], pa.timestamp("us")),
    }
    return {**{name: values.take(taken) for name, values in per_filing.items()}, "row": pa.array(numbers)}


_KIND_REMEDIES = {
    "string": "填写文字",
    "integer": "填写整数，不带单位和文字，例如 {example}",
    "decimal": "填写数字，不带单位和文字，例如 {example}",
    "boolean": "填“是”或“否”",
    "date": "写成 2026-03-01 或 2026年3月1日 的样子",
    "datetime": "写成 2026-03-01 08:30 或 2026年3月1日8时30分 的样子",
    "code": "从下拉列表中选：{choices}",
}


def _cell_faults(batch: Batch, column: Column, parsed: ParsedColumn) -> Iterator[Fault]:
    article = column.articles[0] if column.articles else None
    choices = "、".join(code.title for code in column.codes)
    remedy = _KIND_REMEDIES[column.kind].format(example=column.example or "12", choices=choices)
    stem = f"{batch.contract.contract}.{column.name}"
    for row, reason in parsed.unreadable.items():
        message = f"{column.title}“{show_cell(batch.cells[column.name][row])}”{reason}"
        fault = batch.fault_at(row, f"{stem}.type", "mandatory", column.name, message, remedy, article)
        if fault:
            yield fault
    for row in parsed.formula_errors:
        message = f"{column.title}是出错的公式 {show_cell(batch.cells[column.name][row])}"
        mend = "改正公式，或删去公式直接填写结果"
        fault = batch.fault_at(row, f"{stem}.formula_error", "mandatory", column.name, message, mend, article)
        if fault:
            yield fault


def _sheet_faults(contract: Contract, filing: Filing) -> Iterator[Fault]:
    """Faults of the whole sheet: its header, stray cells, rival sheets, and an empty table nobody declared."""
    raw = filing.raw

    def fault(
        suffix: str,
        message: str,
        remedy: str,
        *,
        row: int | None = None,
        cell: str = "",
        value: str = "",
        column_name: str | None = None,
    ) -> Fault:
        return Fault(
            filing.filing_id,
            f"{contract.contract}.{suffix}",
            "mandatory",
            raw.sheet,
            row,
            column_name,
            cell,
            value,
            message,
            remedy,
            contract.articles[0],
        )

    if not raw.header_row:
        headers = "、".join(column.header for column in contract.columns)
        yield fault(
            "header.missing", f"工作表“{raw.sheet}”没有找到《{contract.title}》的表头行", f"恢复模板的表头行：{headers}"
        )
        return
    for header_fault in raw.match.faults:
        message, remedy = _header_words(contract, header_fault)
        has_cell = header_fault.position >= 0
        yield fault(
            f"header.{header_fault.kind}",
            message,
            remedy,
            row=raw.header_row,
            cell=cell_name(raw.header_row, header_fault.position) if has_cell else "",
            value=header_fault.text if has_cell else "",
            column_name=header_fault.column_name,
        )
    for row, position in raw.strays:
        yield fault(
            "header.stray_cell",
            "这一格有内容，所在列却没有表头",
            "把内容移到说明栏或删去",
            row=row,
            cell=cell_name(row, position),
        )
    if raw.rivals:
        others = "、".join(f"“{name}”" for name in raw.rivals)
        yield fault(
            "sheet.several",
            f"工作表{others}的标识区与“{raw.sheet}”相同（同一报表、同一单位、同一报告期），不知以哪张为准",
            "同一单位同一期只留一张；不同报告期或不同报表的，改正标识区后可放在同一文件中",
        )
    if not raw.rows and not filing.is_nil:
        yield fault(
            "nil_undeclared",
            "表中没有数据，标识区也没有写明空表申报",
            "补填数据；本期确无此项的，将第 4 行“空表申报”改为“是”",
        )
    if raw.rows and filing.is_nil:
        yield fault(
            "nil_with_rows",
            f"标识区写明空表申报，表中却有 {len(raw.rows)} 行数据",
            "有数据的，将“空表申报”改为“否”；没有的，删去数据行",
        )
    if filing.is_nil and not contract.allows_nil:
        yield fault("nil_not_allowed", f"《{contract.title}》不能空表申报", "至少填报一行")


def _header_words(contract: Contract, fault: HeaderFault) -> tuple[str, str]:
    title = (
        contract.column(fault.column_name).title
        if fault.column_name and fault.column_name != EXPLANATION
        else fault.text
    )
    if fault.kind == "unknown_column":
        return f"《{contract.title}》没有“{fault.text}”这一列", "删去这一列；若是改了列名，恢复模板中的列名"
    if fault.kind == "doubled_column":
        return f"“{title}”列出现两次", "只留一列"
    if fault.kind == "unit":
        column = contract.column(fault.column_name or "")
        units = "、".join(f"“{unit}”" for unit in (column.unit, *(unit for unit, _ in column.units)) if unit)
        return f"“{fault.text}”的单位与模板不同", f"按{units or '模板'}填报，并恢复模板中的列名"
    return f"缺少“{fault.text}”列", "恢复模板中的这一列；没有内容的留空，不要删列"
