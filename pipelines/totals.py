"""Total rows: not data, but what they say must agree with the data.

A total that disagrees is mandatory to mend: either a row or the total is wrong, the reporter can always tell which, and
a total row has no 说明 in which a difference could be explained.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from data_contracts.contract import Column
from pipelines.faults import Fault, cell_name
from pipelines.parsing import UnreadableCellError, read_decimal, show_cell
from pipelines.table_shapes import GRAND_TOTAL_WORDS, SUBTOTAL_WORDS, first_word

if TYPE_CHECKING:
    from pipelines.batches import Batch

_TOLERANCE = 1e-6


def total_faults(batch: "Batch") -> Iterator[Fault]:
    """Each cell of a total row whose number is not the sum of its column: of all rows, or for 小计 of those since the
    last total row. 累计 counts what is not in the sheet and is not compared."""
    filings = [place for place, filing in enumerate(batch.filings) if filing.raw.totals]
    if not filings:
        return
    columns = [column for column in batch.contract.columns if column.kind in ("integer", "decimal")]
    values = {column.name: _numbers(batch, column) for column in columns}
    for place in filings:
        mine = batch.filing_places == place
        numbers = batch.row_numbers[mine]
        previous = 0
        for row_number, row in batch.filings[place].raw.totals:
            word = first_word(row)
            since = previous if word in SUBTOTAL_WORDS else 0
            counted = (numbers > since) if word in GRAND_TOTAL_WORDS else (numbers > since) & (numbers < row_number)
            previous = row_number
            if word not in GRAND_TOTAL_WORDS | SUBTOTAL_WORDS:
                continue
            for column in columns:
                fault = _compare(batch, place, column, row_number, row, float(values[column.name][mine][counted].sum()))
                if fault:
                    yield fault


def _numbers(batch: "Batch", column: Column) -> np.ndarray:
    numbers: np.ndarray = np.nan_to_num(batch.table[column.name].to_numpy(zero_copy_only=False).astype("float64"))
    return numbers


def _compare(batch: "Batch", place: int, column: Column, row_number: int, row: list, counted: float) -> Fault | None:
    filing = batch.filings[place]
    position = filing.raw.match.positions.get(column.name)
    if position is None:
        return None
    try:
        told = read_decimal(row[position])
    except UnreadableCellError:
        return None
    if abs(told - counted) <= _TOLERANCE * max(1.0, abs(counted)):
        return None
    return Fault(
        filing.filing_id,
        f"{batch.contract.contract}.{column.name}.total",
        "mandatory",
        filing.raw.sheet,
        row_number,
        column.name,
        cell_name(row_number, position),
        show_cell(row[position]),
        f"{column.title}的合计填 {show_cell(row[position])}，各行相加是 {counted:g}",
        "核对各行和合计数，改正有误的一处；也可删去合计行",
        column.articles[0] if column.articles else batch.contract.articles[0],
    )
