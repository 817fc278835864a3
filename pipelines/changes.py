"""What a filing changed against the one it replaced: rows added, removed and altered, told by their keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.contract import Column, Contract
from pipelines.home import Home
from pipelines.ledger import ACCEPTED, FilingRecord, Ledger
from pipelines.staging import staged_path


@dataclass(frozen=True, slots=True)
class Alteration:
    """One value of one row that is on both filings; values as a reader knows them (titles, 是/否)."""

    key: str
    column: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs. `replaces` is the receipt of the earlier filing; None where there was none."""

    replaces: str | None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    alterations: tuple[Alteration, ...] = field(default=())

    @property
    def altered(self) -> int:
        """How many rows differ in some value."""
        return len({alteration.key for alteration in self.alterations})

    def summary(self) -> str:
        """The counts in one line."""
        if self.replaces is None:
            return "首次报送，没有被替代的报表。"
        if not (self.added or self.removed or self.alterations):
            return f"替代 {self.replaces}，各行没有变化。"
        return (
            f"替代 {self.replaces}：新增 {len(self.added)} 行，删去 {len(self.removed)} 行，"
            f"改动 {self.altered} 行（{len(self.alterations)} 处）。"
        )


def changes_of(home: Home, ledger: Ledger, record: FilingRecord, contract: Contract) -> Changes:
    """What an accepted filing changed against the accepted, not withdrawn one received before it.

    Both are read from their staged rows, as they were filed: corrections are not changes of the reporter's.
    """
    earlier = _replaced(ledger, record)
    if earlier is None:
        return Changes(None)
    table = pq.read_table(staged_path(home, contract.contract, str(record.period)))
    before, after = (
        table.filter(pc.equal(table["filing_id"], filing_id)).to_pandas(types_mapper=pd.ArrowDtype)
        for filing_id in (earlier.filing_id, record.filing_id)
    )
    return compare(before, after, contract, earlier.receipt_no)


def _replaced(ledger: Ledger, record: FilingRecord) -> FilingRecord | None:
    withdrawn = ledger.withdrawn_ids()
    at_place = ledger.at_place((str(record.contract), str(record.division_code), str(record.period)))
    before = at_place[: [one.filing_id for one in at_place].index(record.filing_id)]
    standing = [one for one in before if one.status in ACCEPTED and one.filing_id not in withdrawn]
    return standing[-1] if standing else None


def compare(before: pd.DataFrame, after: pd.DataFrame, contract: Contract, replaces: str) -> Changes:
    """Compare the rows of two filings (staged columns)."""
    keys = [column.name for column in contract.columns if column.is_key]
    values = [column for column in contract.columns if not column.is_key]
    old, new = (_by_key(frame, keys) for frame in (before, after))
    alterations = [
        Alteration(key, column.name, column.title, shown[0], shown[1])
        for key in new
        if key in old
        for column in values
        if (shown := _differing(old[key], new[key], column))
    ]
    return Changes(
        replaces,
        tuple(key for key in new if key not in old),
        tuple(key for key in old if key not in new),
        tuple(alterations),
    )


def _by_key(frame: pd.DataFrame, keys: list[str]) -> dict[str, dict[Any, Any]]:
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return {" ".join(str(row[name]) for name in keys): row for row in rows}


def _differing(old: Mapping[Any, Any], new: Mapping[Any, Any], column: Column) -> tuple[str, str] | None:
    if old[column.name] == new[column.name]:
        return None
    return show_value(column, old[column.name]), show_value(column, new[column.name])


def show_value(column: Column, value: Any) -> str:
    """A staged value as its reader knows it."""
    if value is None:
        return "（空）"
    if column.kind == "code":
        return {code.code: code.title for code in column.codes}.get(str(value), str(value))
    if column.kind == "boolean":
        return "是" if value else "否"
    if column.kind == "datetime":
        return f"{value:%Y-%m-%d %H:%M}"
    if column.kind == "decimal":
        return f"{float(value):g}"
    return str(value)
