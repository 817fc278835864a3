"""Corrections: one value of one filed row replaced, with a reason, until the reporter files it right.

People write them in a YAML file (`correction_files`); entering one checks it against what is on file and puts it in the
ledger as an event, so archive and ledger stay the whole truth and a build can look back to any day. Each build
applies those that stand. The guard is `expect`: when the value on file is neither what the correction expects nor what
it wants, somebody must look, and the build stops.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import duckdb
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.contract import Contract
from data_contracts.loading import load_contracts
from data_contracts.periods import last_month, period_title
from pipelines.correction_files import Canonical, CorrectionEntry, CorrectionError, plain, read_correction_file
from pipelines.events import Event, EventKind, checked_actor, checked_reason
from pipelines.home import Home
from pipelines.ledger import Ledger, counting_filings, open_ledger, read_events, read_filings
from pipelines.period_states import PERIOD_KINDS, PeriodStates
from pipelines.staging import bring_in_step, staged_path

__all__ = ["Correction", "CorrectionError", "apply_corrections", "enter_corrections", "read_corrections",
           "revoke_correction", "standing_corrections"]  # fmt: skip

KINDS: tuple[EventKind, ...] = ("corrected", "correction_revoked")
State = Literal["applied", "ended", "without_filing", "misfit"]
STATE_TITLES: dict[State, str] = {
    "applied": "生效",
    "ended": "已随重报结束",
    "without_filing": "该期无计数报表",
    "misfit": "与报表不符",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One correction as the ledger keeps it, not revoked. `filing_id` is the filing it was made against."""

    correction_id: str
    at: datetime
    actor: str
    reason: str
    filing_id: str
    contract: str
    division_code: str
    period: str
    key: Mapping[str, str]
    column: str
    expect: Canonical
    value: Canonical
    decided_on: str | None = None

    def name(self) -> str:
        """How messages name it: number and place."""
        contract = load_contracts().get(self.contract)
        title = contract.title if contract else self.contract
        key = "、".join(self.key.values())
        place = f"{self.division_code}《{title}》{period_title(self.period)} {key} 的 {self.column}"
        return f"更正 {self.correction_id}（{place}）"


def read_corrections(home: Home, *, as_of: datetime | None = None) -> list[Correction]:
    """Corrections entered up to a moment and not revoked by then, in the order in which they were entered."""
    events = read_events(home, kinds=KINDS, as_of=as_of).to_dict("records")
    details = [(row, json.loads(str(row["detail"]))) for row in events]
    revoked = {detail["correction_id"] for row, detail in details if row["kind"] == "correction_revoked"}
    return [
        _correction(row, detail)
        for row, detail in details
        if row["kind"] == "corrected" and detail["correction_id"] not in revoked
    ]


def _correction(row: Mapping[Any, Any], detail: Mapping[str, Any]) -> Correction:
    texts = ("actor", "reason", "filing_id", "contract", "division_code", "period")
    values: dict[str, Any] = {name: str(row[name]) for name in texts}
    return Correction(at=row["at"].to_pydatetime(), **values, **detail)


def enter_corrections(
    home: Home, path: Path, *, actor: str | None = None, now: datetime | None = None
) -> list[Correction]:
    """Enter the corrections of a file, all or none.

    Raises:
        CorrectionError: an entry that does not fit what is on file, or a cell that is corrected already.
        PeriodError: a period that is locked.
        PolicyError, EventError: the file or the actor cannot be used.
    """
    entries, who = read_correction_file(path), checked_actor(actor)
    moment = (now or datetime.now()).replace(microsecond=0)
    with home.locked():
        bring_in_step(home)
        counting = counting_filings(read_filings(home))
        standing = {_cell(one) for one in read_corrections(home)}
        with open_ledger(home.ledger) as ledger:
            states, numbers = PeriodStates(ledger.events(PERIOD_KINDS)), _numbers(ledger, moment.year)
            events = []
            for entry in entries:
                states.require_unlocked(entry.contract.contract, entry.period, f"更正（{entry.place}）")
                event = _event(home, entry, counting, who, moment, next(numbers))
                if (cell := _cell(_as_correction(event))) in standing:
                    raise CorrectionError(f"{entry.place}：这一格已有更正，先用 oversight correct revoke 撤销原来的")
                standing.add(cell)
                events.append(event)
            ledger.add([], events=events)
    return [_as_correction(event) for event in events]


def _numbers(ledger: Ledger, year: int) -> Iterator[str]:
    count = sum(event.detail["correction_id"].startswith(f"GZ-{year}-") for event in ledger.events(("corrected",)))
    while True:
        count += 1
        yield f"GZ-{year}-{count:04d}"


def _cell(correction: Correction) -> tuple:
    place = (correction.contract, correction.division_code, correction.period)
    return (*place, tuple(sorted(correction.key.items())), correction.column)


def _as_correction(event: Event) -> Correction:
    return Correction(
        at=event.at, actor=event.actor, reason=event.reason, filing_id=str(event.filing_id),
        contract=str(event.contract), division_code=str(event.division_code), period=str(event.period), **event.detail,
    )  # fmt: skip


def _event(
    home: Home, entry: CorrectionEntry, counting: pd.DataFrame, actor: str, moment: datetime, number: str
) -> Event:
    """The event that enters one entry, if the value on file is what it expects."""
    name = entry.contract.contract
    is_here = (
        (counting["contract"] == name)
        & (counting["division_code"] == entry.division_code)
        & (counting["period"] == entry.period)
    )
    if not is_here.any():
        raise CorrectionError(
            f"{entry.place}：{entry.division_code} 的《{entry.contract.title}》"
            f"{period_title(entry.period)}没有计数的报表"
        )
    filing_id = str(counting.loc[is_here, "filing_id"].iloc[0])
    found = _staged_values(home, entry, filing_id)
    key = "、".join(entry.key.values())
    if len(found) != 1:
        raise CorrectionError(f"{entry.place}：报表中主键为 {key} 的行有 {len(found)} 行，应恰有 1 行")
    if found[0] != entry.expect:
        raise CorrectionError(
            f"{entry.place}：{key} 的{entry.column.title}现为“{found[0]}”，与 expect 写的“{entry.expect}”不符"
        )
    return Event(
        at=moment, kind="corrected", actor=actor, reason=entry.reason, filing_id=filing_id, contract=name,
        division_code=entry.division_code, period=entry.period,
        detail={"correction_id": number, "key": entry.key, "column": entry.column.name, "expect": entry.expect,
                "value": entry.value, "decided_on": entry.decided_on},
    )  # fmt: skip


def _staged_values(home: Home, entry: CorrectionEntry, filing_id: str) -> list[Canonical]:
    names = list(dict.fromkeys(["filing_id", *entry.key, entry.column.name]))
    table = pq.read_table(staged_path(home, entry.contract.contract, entry.period), columns=names)
    table = table.filter(pc.equal(table["filing_id"], filing_id))
    return [
        plain(row[entry.column.name])
        for row in table.to_pylist()
        if all(str(row[name]) == value for name, value in entry.key.items())
    ]


def revoke_correction(
    home: Home, correction_id: str, *, reason: str | None, actor: str | None = None, now: datetime | None = None
) -> Correction:
    """Revoke a correction: from then on the value counts as filed.

    Raises:
        CorrectionError: no such correction stands.
        PeriodError: its period is locked.
    """
    moment = (now or datetime.now()).replace(microsecond=0)
    with home.locked():
        found = {one.correction_id: one for one in read_corrections(home)}.get(correction_id)
        if found is None:
            raise CorrectionError(f"没有有效的更正 {correction_id}；用 oversight correct list 查看")
        with open_ledger(home.ledger) as ledger:
            states = PeriodStates(ledger.events(PERIOD_KINDS))
            states.require_unlocked(found.contract, found.period, f"撤销更正 {correction_id}")
            event = Event(
                at=moment, kind="correction_revoked", actor=checked_actor(actor), reason=checked_reason(reason),
                filing_id=found.filing_id, contract=found.contract, division_code=found.division_code,
                period=found.period, detail={"correction_id": correction_id},
            )  # fmt: skip
            ledger.add([], events=[event])
    return found


_COLUMNS = [
    "correction_id", "contract", "division_code", "period", "filing_id", "file_name", "sheet", "row", "key",
    "column_name", "old_value", "new_value", "reason", "actor", "decided_on", "entered_at", "state",
]  # fmt: skip
_TYPES = {"row": "BIGINT", "decided_on": "DATE", "entered_at": "TIMESTAMP"}


def apply_corrections(
    connection: duckdb.DuckDBPyConnection, corrections: Sequence[Correction], last_period: str
) -> None:
    """Change the loaded rows of counting filings, and write the table `corrections` that says so.

    Raises:
        CorrectionError: a value on file is neither expected nor corrected; names the correction and what is there.
    """
    judged = list(judge_corrections(connection, corrections, last_period))
    for correction, state, place in judged:
        if state == "misfit":
            raise CorrectionError(_misfit(correction, place))
        if state == "applied":
            kind = load_contracts()[correction.contract].staged_schema()[correction.column]
            connection.execute(
                f'UPDATE "{correction.contract}" SET "{correction.column}" = CAST(? AS {kind}) '
                "WHERE filing_id = ? AND row = ?",
                [correction.value, place["filing_id"], place["row"]],
            )
    columns = ", ".join(f'"{name}" {_TYPES.get(name, "VARCHAR")}' for name in _COLUMNS)
    connection.execute(f"CREATE TABLE corrections ({columns})")
    if judged:
        marks = ", ".join("?" * len(_COLUMNS))
        connection.executemany(f"INSERT INTO corrections VALUES ({marks})", [_row(*one) for one in judged])


def _misfit(correction: Correction, place: Mapping[str, Any]) -> str:
    name, found = correction.name(), place["found"]
    remedy = f"核对后用 oversight correct revoke {correction.correction_id} --reason 原因 撤销，需要时重新更正"
    if place["row"] is None:
        return f"{name}：计数的报表 {place['file_name']} 中没有这一行了。{remedy}"
    return (
        f"{name}：报表 {place['file_name']} {place['sheet']} 第 {place['row']} 行现为“{found}”，既不是更正前的"
        f"“{correction.expect}”，也不是更正后的“{correction.value}”。{remedy}"
    )


def judge_corrections(
    connection: duckdb.DuckDBPyConnection, corrections: Sequence[Correction], last_period: str
) -> Iterator[tuple[Correction, State, dict[str, Any]]]:
    """What each correction meets: the state it is in, and the row with what stands there (`found`)."""
    for correction in corrections:
        contract = load_contracts().get(correction.contract)
        if contract is None or last_month(correction.period) > last_period:
            continue
        filing = connection.execute(
            "SELECT filing_id, filings.file_name FROM counting_filings JOIN filings USING (filing_id) "
            "WHERE (filings.contract, filings.division_code, filings.period) = (?, ?, ?)",
            [correction.contract, correction.division_code, correction.period],
        ).fetchone()
        place: dict[str, Any] = {"filing_id": None, "file_name": None, "sheet": None, "row": None, "found": None}
        if filing is None:
            yield correction, "without_filing", place
            continue
        place |= {"filing_id": filing[0], "file_name": filing[1]}
        place |= _row_on_file(connection, contract, correction, filing[0])
        yield correction, _state(correction, place), place


def _row_on_file(
    connection: duckdb.DuckDBPyConnection, contract: Contract, correction: Correction, filing_id: str
) -> dict[str, Any]:
    tests = "".join(f' AND CAST("{name}" AS VARCHAR) = ?' for name in correction.key)
    rows = connection.execute(
        f'SELECT sheet, row, "{correction.column}" FROM "{contract.contract}" WHERE filing_id = ?{tests}',
        [filing_id, *correction.key.values()],
    ).fetchall()
    return {"sheet": rows[0][0], "row": rows[0][1], "found": plain(rows[0][2])} if len(rows) == 1 else {}


def _state(correction: Correction, place: Mapping[str, Any]) -> State:
    if place["row"] is None:
        return "misfit"
    if place["found"] == correction.expect:
        return "applied"
    return "ended" if place["found"] == correction.value else "misfit"


def _row(correction: Correction, state: State, place: Mapping[str, Any]) -> list[Any]:
    return [
        correction.correction_id, correction.contract, correction.division_code, correction.period, place["filing_id"],
        place["file_name"], place["sheet"], place["row"], json.dumps(dict(correction.key), ensure_ascii=False),
        correction.column, _text(correction.expect), _text(correction.value), correction.reason, correction.actor,
        correction.decided_on, correction.at, state,
    ]  # fmt: skip


def _text(value: Canonical) -> str | None:
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def standing_corrections(home: Home) -> pd.DataFrame:
    """Every correction that is not revoked and the state it is in now: the columns of the snapshot's `corrections`."""
    corrections = read_corrections(home)
    with duckdb.connect(":memory:") as connection:
        filings = read_filings(home)
        connection.register("filings", filings)
        connection.register("counting_filings", counting_filings(filings))
        for name in sorted({one.contract for one in corrections} & load_contracts().keys()):
            files = sorted(str(path) for path in (home.staged / name).glob("*.parquet"))
            connection.read_parquet(files).create_view(name)
        judged = judge_corrections(connection, corrections, "9999-12")
        return pd.DataFrame([_row(*one) for one in judged], columns=_COLUMNS)
