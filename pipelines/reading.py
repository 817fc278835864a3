"""A filed file → the cells of its data sheet as filed, each with its place. The one module that talks to calamine."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from data_contracts.contract import Contract
from pipelines.containers import Container, open_container
from pipelines.faults import RefusalError, refuse
from pipelines.guard import Forbidden, find_in_cells, find_in_file_name, inspect_container
from pipelines.headers import HeaderMatch, HeaderReader
from pipelines.identification import (
    LABEL_TITLES,
    Identification,
    complete_from_file_name,
    find_contract,
    normalise,
    read_block,
)
from pipelines.sheet_probes import ErrorCells, probe_sheets

Rows = list[list[Any]]
# Sheets that a template or a returned workbook has beside the data sheet; never taken for one.
SIDE_SHEETS = {"填报说明", "代码表", "问题清单"}
TOTAL_WORDS = {"合计", "总计", "小计", "共计", "累计", "本页合计"}
NO_HEADER = HeaderMatch({}, ())
MAX_CSV_FIELD = 1_000_000


@dataclass(slots=True)
class RawSheet:
    """The data sheet as filed.

    `rows` are its data rows, blank and total rows left out; `row_numbers` numbers each as Excel does. `header_row` is
    0 where no header was found. `strays` are filled cells under no header (row number, position from 0).
    `rivals` are other visible sheets that also carry an identification block.
    """

    sheet: str
    header_row: int = 0
    match: HeaderMatch = NO_HEADER
    rows: Rows = field(default_factory=list)
    row_numbers: list[int] = field(default_factory=list)
    strays: list[tuple[int, int]] = field(default_factory=list)
    rivals: tuple[str, ...] = ()


@dataclass(slots=True)
class ReadFile:
    """A file that could be read and says which contract it is."""

    contract: Contract
    identification: Identification
    raw: RawSheet


def header_readers(contracts: Mapping[str, Contract]) -> dict[str, HeaderReader]:
    """One header reader per contract; make them once and share them."""
    return {name: HeaderReader(contract) for name, contract in contracts.items()}


def read_file(data: bytes, file_name: str, readers: Mapping[str, HeaderReader]) -> ReadFile:
    """Read one filed file: guard it, find its data sheet, and give that sheet's cells with their places.

    Args:
        data: the whole file.
        file_name: tells contract, division and period where the identification block is missing.
        readers: from :func:`header_readers`.

    Raises:
        RefusalError: see `pipelines.faults`; nothing of such a file may be kept.
    """
    container = open_container(data, file_name)
    sheets, error_cells = _open_guarded(container, file_name)
    contracts = {name: reader.contract for name, reader in readers.items()}
    candidates = list(_candidate_sheets(container, sheets, file_name, contracts))
    chosen = _choose_sheet(candidates, file_name, readers)
    sheet, rows, block = chosen
    contract = find_contract(block.contract, contracts)
    if contract is None:
        raise refuse("wrong_template", found=f"标识区的报表代码“{block.contract}”不在报表目录中")
    _put_errors(rows, error_cells.get(sheet, {}))
    rivals = tuple(name for name, _, other in candidates if name != sheet and other.contract)
    raw = shape_sheet(sheet, rows, block.last_row, readers[contract.contract], rivals)
    if not raw.header_row:
        _refuse_other_template(rows, block, contract, readers)
    return ReadFile(contract, block, raw)


def _candidate_sheets(
    container: Container, sheets: Iterable[tuple[str, Rows]], file_name: str, contracts: Mapping[str, Contract]
) -> Iterator[tuple[str, Rows, Identification]]:
    for sheet, rows in sheets:
        block = read_block(rows, sheet)
        if container.kind == "csv":
            # A CSV has no sheet name; it was saved from the sheet that the template calls so.
            named = find_contract(complete_from_file_name(block, file_name, contracts).contract, contracts)
            yield named.sheet if named else sheet, rows, replace(block, place=block.place and "标识区")
        else:
            yield sheet, rows, block


def _choose_sheet(
    candidates: list[tuple[str, Rows, Identification]], file_name: str, readers: Mapping[str, HeaderReader]
) -> tuple[str, Rows, Identification]:
    """The first sheet whose block names a report; else the first whose header fits what the file name says."""
    contracts = {name: reader.contract for name, reader in readers.items()}
    for sheet, rows, block in candidates:
        if block.contract:
            return sheet, rows, complete_from_file_name(block, file_name, contracts)
    for sheet, rows, block in candidates:
        completed = complete_from_file_name(block, file_name, contracts)
        contract = find_contract(completed.contract, contracts)
        if contract and readers[contract.contract].find(rows, block.last_row):
            return sheet, rows, completed
    raise refuse("unidentified", missing=f"没有“{LABEL_TITLES['contract']}”一栏")


def _refuse_other_template(
    rows: Rows, block: Identification, contract: Contract, readers: Mapping[str, HeaderReader]
) -> None:
    """A sheet that claims one report and has the header of another is a mix-up, not a fault to mend cell by cell."""
    for reader in readers.values():
        found = reader.find(rows, block.last_row)
        if found and found[1].score > len(reader.contract.columns) / 2:
            raise refuse(
                "wrong_template",
                found=f"标识区写的是《{contract.title}》，第 {found[0] + 1} 行表头却是《{reader.contract.title}》的",
            )


def _calamine_sheets(container: Container, *, read_all: bool) -> Iterator[tuple[str, Rows, bool]]:
    """Sheets as calamine reads them: name, rows from the sheet's first, whether visible. Without `read_all`, hidden
    sheets and those beside the form are passed over unread."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(container.data)) as workbook:
            for index, meta in enumerate(workbook.sheets_metadata):
                is_visible = meta.visible == SheetVisibleEnum.Visible
                if meta.typ != SheetTypeEnum.WorkSheet or not (
                    read_all or (is_visible and meta.name not in SIDE_SHEETS)
                ):
                    continue
                yield meta.name, workbook.get_sheet_by_index(index).to_python(skip_empty_area=False), is_visible
    except PasswordError as error:
        raise refuse("encrypted") from error
    except (CalamineError, OSError, ValueError) as error:
        raise refuse("corrupt", reason=_reason(error)) from error
    except BaseException as error:
        # A Rust panic is no Exception; it means that calamine met a file its authors did not think of.
        if type(error).__name__ != "PanicException":
            raise
        raise refuse("corrupt", reason="内部结构异常") from error


def _reason(error: Exception) -> str:
    return "".join(str(error).split("\n"))[:80] or type(error).__name__


def _open_guarded(container: Container, file_name: str) -> tuple[list[tuple[str, Rows]], dict[str, ErrorCells]]:
    """The sheets that may be the form, and the error cells of all; the file is turned away if it holds what must not be
    kept. A sheet that sprawls must not be opened, not even to say where a mark stands.
    """
    in_name = find_in_file_name(file_name)
    in_text, must_search = inspect_container(container)
    if in_text:
        raise _locate(container, in_text).refusal()
    if in_name:
        raise in_name.refusal()
    errors = probe_sheets(container)
    if container.kind == "csv":
        sheets = [("CSV", read_csv_rows(container.text), True)]
    else:
        sheets = list(_calamine_sheets(container, read_all=must_search))
    if must_search and (found := find_in_cells((sheet, rows) for sheet, rows, _ in sheets)):
        raise found.refusal()
    return [(sheet, rows) for sheet, rows, is_visible in sheets if is_visible and sheet not in SIDE_SHEETS], errors


def _locate(container: Container, forbidden: Forbidden) -> Forbidden:
    """The same finding with its cell, where a cell shows it; hidden sheets included."""
    try:
        probe_sheets(container)
        return find_in_cells(_all_sheets(container)) or forbidden
    except RefusalError:
        return forbidden  # the file cannot be opened: the place known so far stands


def _all_sheets(container: Container) -> Iterator[tuple[str, Rows]]:
    if container.kind == "csv":
        yield "CSV", read_csv_rows(container.text)
    else:
        for sheet, rows, _ in _calamine_sheets(container, read_all=True):
            yield sheet, rows


def read_visible_sheets(data: bytes, file_name: str, contract: Contract) -> list[tuple[str, Rows]]:
    """Name and cells of every visible sheet, formula errors included, for laying a filing out anew.

    Raises:
        RefusalError: as :func:`read_file`.
    """
    container = open_container(data, file_name)
    errors = probe_sheets(container)
    if container.kind == "csv":
        return [(contract.sheet, read_csv_rows(container.text))]
    sheets = [(sheet, rows) for sheet, rows, is_visible in _calamine_sheets(container, read_all=True) if is_visible]
    for sheet, rows in sheets:
        _put_errors(rows, errors.get(sheet, {}))
    return sheets


def read_csv_rows(text: str) -> Rows:
    """Rows of a CSV whose separator is a comma, a semicolon or a tab, whichever its first lines use most.

    Raises:
        RefusalError: a quotation mark is never closed.
    """
    head = text[:20_000]
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(MAX_CSV_FIELD)
    try:
        rows: Rows = [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)]
    except csv.Error as error:
        raise refuse("corrupt", reason="CSV 的引号不成对") from error
    width = max((len(row) for row in rows), default=0)
    return [row + [""] * (width - len(row)) if len(row) < width else row for row in rows]


def _put_errors(rows: Rows, errors: ErrorCells) -> None:
    """Write each formula error back where calamine left a blank."""
    for (row, column), text in errors.items():
        while len(rows) < row:
            rows.append([""] * (column + 1))
        cells = rows[row - 1]
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = text


def shape_sheet(sheet: str, rows: Rows, after: int, reader: HeaderReader, rivals: tuple[str, ...] = ()) -> RawSheet:
    """Find the header row from index `after` on, and keep the data rows below it with their numbers."""
    found = reader.find(rows, after)
    if found is None:
        return RawSheet(sheet, rivals=rivals)
    index, match = found
    raw = RawSheet(sheet, index + 1, match, rivals=rivals)
    taken = {*match.positions.values(), *(fault.position for fault in match.faults)}
    width = max((len(row) for row in rows), default=0)
    headless = [position for position in range(width) if position not in taken]
    for number, row in enumerate(rows[index + 1 :], start=index + 2):
        if not any(row) and all(cell == "" or cell is None for cell in row):
            continue
        first = row[0]
        if (not isinstance(first, str) or first.strip() == "" or "计" in first) and _is_blank_or_total(row):
            continue
        raw.rows.append(row)
        raw.row_numbers.append(number)
        for position in headless:
            if not _is_blank(row[position]):
                raw.strays.append((number, position))
    return raw


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _is_blank_or_total(row: Sequence[Any]) -> bool:
    first = next((cell for cell in row if not _is_blank(cell)), None)
    return first is None or (isinstance(first, str) and normalise(first) in TOTAL_WORDS)
