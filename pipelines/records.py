"""What a reporter has on file: the accepted filings that checks between filings and against history look at.

A filing is judged by what had been accepted when it came: of the same reporter, received no later than itself. So the
outcome does not depend on how files are grouped into runs and chunks, as long as a contract is judged after those it
looks at, and each period after the earlier ones (:func:`pipelines.judging.judge` does so).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.contract import Contract
from data_contracts.derived_checks import IS_KNOWN
from data_contracts.helper_columns import OPERATIONS_ON_HISTORY, OPERATIONS_ON_OTHERS
from data_contracts.periods import period_end
from pipelines.batches import Batch
from pipelines.home import Home
from pipelines.ledger import ACCEPTED, read_filings
from pipelines.parsing import ARROW_TYPES
from pipelines.record_columns import history_column, is_known, other_column

NULLABLE = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype(), pa.float64(): pd.Float64Dtype()}


@dataclass(slots=True)
class Shelf:
    """Accepted filings of one contract, and those columns of their rows that some check asks for.

    `filings`: `known_id, division_code, known_end, known_at, row_count`; `rows`: `known_id` and the columns. Both in
    parts, folded when they are read.
    """

    contract: Contract
    columns: list[str]
    filings: list[pd.DataFrame] = field(default_factory=list)
    rows: list[pd.DataFrame] = field(default_factory=list)

    def joined(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """All filings and all their rows."""
        for parts in (self.filings, self.rows):
            if len(parts) > 1:
                parts[:] = [pd.concat(parts, ignore_index=True)]
        return self.filings[0], self.rows[0]


class Records:
    """The accepted filings, read from ledger and staged files at first need, and added to as a run goes on."""

    def __init__(self, home: Home, contracts: Mapping[str, Contract]) -> None:
        self._home = home
        self._contracts = contracts
        self._needed = _needed_columns(contracts.values())
        self._shelves: dict[str, Shelf] = {}
        self._accepted: pd.DataFrame | None = None

    def add(self, contract: Contract, filings: pd.DataFrame, rows: pa.Table) -> None:
        """Learn accepted filings of one contract.

        Args:
            filings: `filing_id, division_code, period, received_at`, those without rows (nil returns) included.
            rows: their rows, in the contract's staged schema.
        """
        if contract.contract in self._needed and not filings.empty:
            shelf = self._shelf(contract.contract)
            added = as_frame(rows.select(["filing_id", *shelf.columns])).rename(columns={"filing_id": "known_id"})
            shelf.filings.append(_as_known(filings, added["known_id"]))
            shelf.rows.append(added)

    def _shelf(self, contract: str) -> Shelf:
        if contract not in self._shelves:
            self._shelves[contract] = self._read(self._contracts[contract])
        return self._shelves[contract]

    def _read(self, contract: Contract) -> Shelf:
        if self._accepted is None:
            filings = read_filings(self._home)
            self._accepted = filings[filings["status"].isin(ACCEPTED) & filings["withdrawn_at"].isna()]
        accepted = self._accepted[self._accepted["contract"] == contract.contract]
        columns = sorted(self._needed[contract.contract])
        schema = pa.schema([(name, kind) for name, kind in _arrow_schema(contract) if name in ("filing_id", *columns)])
        paths = sorted((self._home.staged / contract.contract).glob("*.parquet"))
        tables = [pq.read_table(path, columns=schema.names) for path in paths] or [schema.empty_table()]
        rows = as_frame(pa.concat_tables(tables)).rename(columns={"filing_id": "known_id"})
        rows = rows[rows["known_id"].isin(accepted["filing_id"])]
        return Shelf(contract, columns, [_as_known(accepted, rows["known_id"])], [rows])

    def describe_others(self, batch: Batch, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with what other contracts' filings tell of each row: `<column>__is_known`, and helper columns.

        Args:
            frame: rows of the batch: `filing_id` and the typed filed columns.

        Returns:
            A new frame. A column is null where the records cannot tell: never filed, no such key.
        """
        frame = frame.copy(deep=False)
        asked = _as_asked(batch)
        for column in batch.contract.columns:
            if column.reference:
                target = self._shelf(column.reference.contract)
                frame[f"{column.name}{IS_KNOWN}"] = is_known(target, asked, frame[["filing_id", column.name]])
        for helper in batch.contract.helper_columns:
            if helper.operation in OPERATIONS_ON_OTHERS:
                target = self._shelf(helper.operands[0].partition(".")[0])
                frame[helper.name] = other_column(target, helper, asked, frame)
        return frame

    def describe_history(self, batch: Batch, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with what earlier filings of the same contract tell; null with too little history."""
        frame = frame.copy(deep=False)
        asked = _as_asked(batch)
        asked = asked[asked["filing_id"].isin(frame["filing_id"])]
        for helper in batch.contract.helper_columns:
            if helper.operation in OPERATIONS_ON_HISTORY:
                frame[helper.name] = history_column(self._shelf(batch.contract.contract), helper, asked, frame)
        return frame


def as_frame(table: pa.Table) -> pd.DataFrame:
    """A staged table as the checks see it: dates as datetime64, counts Int64, flags boolean, texts str."""
    frame: pd.DataFrame = table.to_pandas(date_as_object=False, types_mapper=NULLABLE.get)
    return frame


def _arrow_schema(contract: Contract) -> list[tuple[str, pa.DataType]]:
    return [(name, ARROW_TYPES[kind]) for name, kind in contract.staged_schema().items()]


def _as_known(filings: pd.DataFrame, ids_of_rows: pd.Series) -> pd.DataFrame:
    counts = ids_of_rows.value_counts()
    return pd.DataFrame(
        {
            "known_id": filings["filing_id"],
            "division_code": filings["division_code"],
            "known_end": _ends(filings["period"]),
            "known_at": filings["received_at"].astype("datetime64[us]"),
            "row_count": filings["filing_id"].map(counts).fillna(0).astype("Int64"),
        }
    ).reset_index(drop=True)


def _as_asked(batch: Batch) -> pd.DataFrame:
    """The filings that are judged: `filing_id, division_code, end, at`."""
    filings = batch.filings
    return pd.DataFrame(
        {
            "filing_id": pd.Series([filing.filing_id for filing in filings], dtype="str"),
            "division_code": pd.Series([filing.division_code for filing in filings], dtype="str"),
            "end": _ends(pd.Series([filing.period for filing in filings], dtype="str")),
            "at": pd.Series([filing.received_at for filing in filings]).astype("datetime64[us]"),
        }
    )


def _ends(periods: pd.Series) -> pd.Series:
    ends = {period: pd.Timestamp(period_end(period)) for period in periods.unique()}
    return periods.map(ends).astype("datetime64[us]")


def _needed_columns(contracts: Iterable[Contract]) -> dict[str, set[str]]:
    """Columns of each contract that some check looks up in what is on file; contracts nobody asks for are left out."""
    by_name = {contract.contract: contract for contract in contracts}
    needed: dict[str, set[str]] = {}

    def ask(name: str, *columns: str) -> None:
        needed.setdefault(name, set()).update(by_name[name].keys, columns)

    for contract in by_name.values():
        for column in contract.columns:
            if column.reference:
                ask(column.reference.contract, column.reference.column)
        for helper in contract.helper_columns:
            if helper.operation in OPERATIONS_ON_OTHERS:
                name, _, asked_column = helper.operands[0].partition(".")
                ask(name, *([asked_column] if asked_column else []))
            elif helper.operation == "copied_share":
                ask(contract.contract, *(column.name for column in contract.columns))
            elif helper.operation in OPERATIONS_ON_HISTORY:
                ask(contract.contract, *helper.operands)
    return needed
