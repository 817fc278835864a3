"""A filed file → the cells of its data sheet as filed, each with its place. The one module that talks to calamine."""

import csv
import io
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from data_contracts.contract import Contract
from pipelines.containers import Container, open_container
from pipelines.faults import Refusal, RefusalError, refuse
from pipelines.guard import Forbidden, find_in_cells, find_in_file_name, inspect_container
from pipelines.headers import HeaderReader
from pipelines.identification import (
    LABEL_TITLES,
    Identification,
    complete_from_file_name,
    find_contract,
    read_block,
    read_period,
)
from pipelines.sheet_probes import ErrorCells, counts_from_1904, probe_sheets
from pipelines.table_shapes import MergedCell, RawSheet, Rows, SheetTraits, merged_over_rows, shape_sheet

__all__ = [
    "RawSheet",
    "ReadFile",
    "header_readers",
    "read_csv_rows",
    "read_file",
    "read_parts",
    "read_visible_sheets",
    "shape_sheet",
]

# Sheets that a template or a returned workbook has beside the data sheet; never taken for one.
SIDE_SHEETS = {"填报说明", "代码表", "问题清单"}
MAX_CSV_FIELD = 1_000_000
_NO_BLOCK = Identification()


@dataclass(slots=True)
class ReadFile:
    """A sheet that could be read and says which contract it is."""

    contract: Contract
    identification: Identification
    raw: RawSheet


@dataclass(slots=True)
class _Sheet:
    """One sheet as it stands in the file."""

    name: str
    rows: Rows
    is_visible: bool = True
    merged: Sequence[MergedCell] = ()
    block: Identification = _NO_BLOCK


def header_readers(contracts: Mapping[str, Contract]) -> dict[str, HeaderReader]:
    """One header reader per contract; make them once and share them."""
    return {name: HeaderReader(contract) for name, contract in contracts.items()}


def read_file(data: bytes, file_name: str, readers: Mapping[str, HeaderReader], sheet: str | None = None) -> ReadFile:
    """One sheet of a filed file: the one of this name, or else the first.

    Raises:
        RefusalError: see `pipelines.faults`; nothing of such a file may be kept.
    """
    parts = read_parts(data, file_name, readers)
    for part in parts:
        if isinstance(part, ReadFile) and part.raw.sheet == sheet:
            return part
    if isinstance(parts[0], Refusal):
        raise RefusalError(parts[0])
    return parts[0]


def read_parts(data: bytes, file_name: str, readers: Mapping[str, HeaderReader]) -> tuple[ReadFile | Refusal, ...]:
    """Read one filed file: guard it, find its data sheets, and give each one's cells with their places.

    Several sheets may each carry an identification block of their own: each is a filing, and one that cannot be taken
    does not keep the others out. Sheets that say the very same of themselves are no two filings: the first is taken,
    and told of its rivals.

    Args:
        data: the whole file.
        file_name: tells contract, division and period where the identification block is missing.
        readers: from :func:`header_readers`.

    Returns:
        At least one part, in the order of the sheets.

    Raises:
        RefusalError: of the whole file; see `pipelines.faults`. Nothing of it may be kept.
    """
    container = open_container(data, file_name)
    sheets, error_cells = _open_guarded(container, file_name)
    contracts = {name: reader.contract for name, reader in readers.items()}
    _identify(container, sheets, file_name, contracts)
    chosen = _choose_sheets(sheets, file_name, readers)
    is_from_1904 = counts_from_1904(container)
    parts: list[ReadFile | Refusal] = []
    for sheet, rivals in chosen:
        _put_errors(sheet.rows, error_cells.get(sheet.name, {}))
        try:
            parts.append(_read_sheet(sheet, rivals, is_from_1904, contracts, readers))
        except RefusalError as error:
            parts.append(error.refusal)
    return tuple(parts)


def _identify(
    container: Container, sheets: Sequence[_Sheet], file_name: str, contracts: Mapping[str, Contract]
) -> None:
    for sheet in sheets:
        sheet.block = read_block(sheet.rows, sheet.name)
        if container.kind == "csv":
            # A CSV has no sheet name; it was saved from the sheet that the template calls so.
            named = find_contract(complete_from_file_name(sheet.block, file_name, contracts).contract, contracts)
            sheet.name = named.sheet if named else sheet.name
            sheet.block = replace(sheet.block, place=sheet.block.place and "标识区")


def _choose_sheets(
    sheets: Sequence[_Sheet], file_name: str, readers: Mapping[str, HeaderReader]
) -> list[tuple[_Sheet, tuple[str, ...]]]:
    """The sheets whose block names a report, each with its rivals; else the first whose header fits the file's name."""
    contracts = {name: reader.contract for name, reader in readers.items()}
    chosen: dict[Hashable, tuple[_Sheet, list[str]]] = {}
    for sheet in sheets:
        if sheet.block.contract:
            sheet.block = complete_from_file_name(sheet.block, file_name, contracts)
            _, rivals = chosen.setdefault(_identity(sheet.block, contracts), (sheet, []))
            rivals += [] if chosen[_identity(sheet.block, contracts)][0] is sheet else [sheet.name]
    if chosen:
        return [(sheet, tuple(rivals)) for sheet, rivals in chosen.values()]
    for sheet in sheets:
        completed = complete_from_file_name(sheet.block, file_name, contracts)
        contract = find_contract(completed.contract, contracts)
        if contract and readers[contract.contract].find(sheet.rows, sheet.block.last_row):
            sheet.block = completed
            return [(sheet, ())]
    raise refuse("unidentified", missing=f"没有“{LABEL_TITLES['contract']}”一栏")


def _identity(block: Identification, contracts: Mapping[str, Contract]) -> Hashable:
    """Contract, division and period that a block names, however they are written."""
    contract = find_contract(block.contract, contracts)
    period = read_period(block.period) if block.period else None
    return contract.contract if contract else block.contract, block.division_code or block.division_name, period


def _read_sheet(
    sheet: _Sheet,
    rivals: tuple[str, ...],
    is_from_1904: bool,
    contracts: Mapping[str, Contract],
    readers: Mapping[str, HeaderReader],
) -> ReadFile:
    block = sheet.block
    contract = find_contract(block.contract, contracts)
    if contract is None:
        raise refuse("wrong_template", found=f"标识区的报表代码“{block.contract}”不在报表目录中")
    traits = SheetTraits(block.version, sheet.merged, is_from_1904)
    raw = shape_sheet(sheet.name, sheet.rows, block.last_row, readers[contract.contract], rivals, traits)
    if not raw.header_row:
        _refuse_other_template(sheet.rows, block, contract, readers)
    return ReadFile(contract, block, raw)


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


def _calamine_sheets(container: Container, *, read_all: bool) -> Iterator[_Sheet]:
    """Sheets as calamine reads them, from their first row on. Without `read_all`, hidden sheets and those beside the
    form are passed over unread."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(container.data)) as workbook:
            for index, meta in enumerate(workbook.sheets_metadata):
                is_visible = meta.visible == SheetVisibleEnum.Visible
                if meta.typ != SheetTypeEnum.WorkSheet or not (
                    read_all or (is_visible and meta.name not in SIDE_SHEETS)
                ):
                    continue
                sheet = workbook.get_sheet_by_index(index)
                merged = merged_over_rows(sheet.merged_cell_ranges or ())
                yield _Sheet(meta.name, sheet.to_python(skip_empty_area=False), is_visible, merged)
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


def _open_guarded(container: Container, file_name: str) -> tuple[list[_Sheet], dict[str, ErrorCells]]:
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
        sheets = [_Sheet("CSV", read_csv_rows(container.text))]
    else:
        sheets = list(_calamine_sheets(container, read_all=must_search))
    if must_search and (found := find_in_cells((sheet.name, sheet.rows) for sheet in sheets)):
        raise found.refusal()
    return [sheet for sheet in sheets if sheet.is_visible and sheet.name not in SIDE_SHEETS], errors


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
        for sheet in _calamine_sheets(container, read_all=True):
            yield sheet.name, sheet.rows


def read_visible_sheets(
    data: bytes, file_name: str, contract: Contract, *, beside: bool = True
) -> list[tuple[str, Rows]]:
    """Name and cells of every visible sheet, formula errors included, for laying a filing out anew.

    Args:
        beside: with those that stand beside the form, such as instructions.

    Raises:
        RefusalError: as :func:`read_file`.
    """
    container = open_container(data, file_name)
    errors = probe_sheets(container)
    if container.kind == "csv":
        return [(contract.sheet, read_csv_rows(container.text))]
    sheets = [(sheet.name, sheet.rows) for sheet in _calamine_sheets(container, read_all=beside) if sheet.is_visible]
    for sheet, rows in sheets:
        _put_errors(rows, errors.get(sheet, {}))
    return sheets


def read_csv_rows(text: str) -> Rows:
    """Rows of a CSV whose separator is a comma, a semicolon or a tab, whichever its first lines use most.

    Raises:
        RefusalError: a quotation mark is never closed.
    """
    head = text[:20_000]
    # Excel writes the separator into a first line of its own where it is not the usual one: sep=;
    delimiter = text[4] if text[:4].lower() == "sep=" and text[4:5] in (",", ";", "\t") else max(",;\t", key=head.count)
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
