"""Steps of handling in the ledger: rows in and out, and the chain that shows whether one was altered by hand.

Each row holds the SHA-256 of its own content and of the row before it. Nothing is ever changed or deleted; the triggers
see to it while the file is used by this program, the chain tells of it where somebody went round them.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from pipelines.hash_chain import FIRST_HASH, broken_rows, linked
from pipelines.home import Home
from pipelines.ledger import connect_ledger, read_rows
from pipelines.machine_faults import telling_machine_faults


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingStep:
    """One row of `handling_steps`. `number` counts the steps of a warning from 1, None where the step was refused.

    `due_on`: until when the next step must be taken, as it stands after this one. `seen`: the number of the step that
    the actor had before them. `acting_for`: the division of the actor's bureau. `refusal`: why it was refused.
    """

    step_id: int = 0
    warning_id: str
    number: int | None
    step: str
    action: str
    from_state: str
    to_state: str
    tier: str
    rule: str
    division_code: str
    actor: str
    role: str
    acting_for: str
    at: datetime
    note: str = ""
    attachment_sha256: str | None = None
    due_on: date | None = None
    seen: int
    refusal: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    previous_hash: str = FIRST_HASH
    hash: str = ""


@dataclass(frozen=True)
class ChainFault:
    """A row of the chain that is not as it was written; `told` says what does not fit, in Chinese."""

    step_id: int
    warning_id: str
    told: str


_COLUMNS = tuple(one.name for one in fields(HandlingStep))
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM handling_steps"


class HandlingLedger:
    """Writing access inside one transaction; see :func:`open_handling`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def steps_of(self, warning_id: str) -> list[HandlingStep]:
        """Steps taken on a warning, first to last."""
        query = f"{_SELECT} WHERE warning_id = ? AND number IS NOT NULL ORDER BY number"
        return [_step(row) for row in self._connection.execute(query, (warning_id,))]

    def append(self, step: HandlingStep) -> HandlingStep:
        """Add a row to the chain and give it back as it stands there."""
        last = self._connection.execute(
            "SELECT step_id, hash FROM handling_steps ORDER BY step_id DESC LIMIT 1").fetchone()  # fmt: skip
        row = linked(_row(step), "step_id", last)
        marks = ", ".join("?" * len(_COLUMNS))
        insert = f"INSERT INTO handling_steps ({', '.join(_COLUMNS)}) VALUES ({marks})"
        self._connection.execute(insert, tuple(row.values()))
        return replace(step, step_id=row["step_id"], previous_hash=row["previous_hash"], hash=row["hash"])


@contextmanager
def open_handling(home: Home) -> Iterator[HandlingLedger]:
    """The chain for writing, in one transaction: nobody else adds a step between what is read here and what is added.

    Raises:
        LedgerError: the file is no ledger, or of a newer program.
    """
    with telling_machine_faults("办理"):
        home.create()
    connection = connect_ledger(home.ledger)
    try:
        with telling_machine_faults("办理"), connection:
            connection.execute("BEGIN IMMEDIATE")
            yield HandlingLedger(connection)
    finally:
        connection.close()


def read_steps(home: Home, warning_ids: Sequence[str] | None = None) -> list[HandlingStep]:
    """Rows of the chain in its order, refused ones too; of all warnings, or of those named.

    Raises:
        LedgerError: the file is no ledger.
    """
    wanted = None if warning_ids is None else set(warning_ids)
    return [_step(row) for row in _raw_rows(home) if wanted is None or row[1] in wanted]


def verify_chain(home: Home) -> list[ChainFault]:
    """What in the chain is not as it was written, in its order; empty where all is well. See :func:`broken_rows`.

    Whether rows were cut off at the very end shows a :func:`chain_head` that was noted down.
    """
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in _raw_rows(home)]
    faults = [
        ChainFault(row["step_id"], row["warning_id"], f"{_name(row)} {told}")
        for row, told in broken_rows(rows, "step_id")
    ]
    return sorted(faults, key=lambda fault: fault.step_id)


def chain_head(home: Home) -> tuple[int, str]:
    """How many rows the chain has, and the hash of the last: noted down, it shows later whether the end was cut off."""
    rows = _raw_rows(home)
    return (len(rows), rows[-1][-1]) if rows else (0, FIRST_HASH)


def _raw_rows(home: Home) -> list[tuple]:
    return read_rows(home.ledger, f"{_SELECT} ORDER BY step_id")


def _row(step: HandlingStep) -> dict[str, Any]:
    values = {name: getattr(step, name) for name in _COLUMNS}
    return {
        **values,
        "at": step.at.isoformat(sep=" ", timespec="seconds"),
        "due_on": step.due_on.isoformat() if step.due_on else None,
        "detail": json.dumps(dict(step.detail), ensure_ascii=False, sort_keys=True),
    }


def _step(row: Sequence[Any]) -> HandlingStep:
    values = dict(zip(_COLUMNS, row, strict=True))
    due = values["due_on"]
    return HandlingStep(**{
        **values,
        "at": datetime.fromisoformat(values["at"]),
        "due_on": date.fromisoformat(due) if due else None,
        "detail": json.loads(values["detail"]),
    })  # fmt: skip


def _name(row: Mapping[str, Any]) -> str:
    what = f"第 {row['number']} 步" if row["number"] else "一次被拒的操作"
    return f"第 {row['step_id']} 行（{row['warning_id']} {what}）"
