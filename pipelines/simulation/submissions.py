"""One submission: a sheet drawn up, perhaps spoilt, made dirty, written to a file, and when it arrived."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from data_contracts.calendar import due_on, opens_on
from data_contracts.contract import FILING_KIND_TITLES, Contract
from data_contracts.periods import period_end, period_title
from pipelines.simulation.clerks import Clerk, DueFiling
from pipelines.simulation.dirt import soil
from pipelines.simulation.draws import draw_between, draw_weighted
from pipelines.simulation.settings import load
from pipelines.simulation.sheets import Sheet, draw_up
from pipelines.simulation.slips import NotApplicable, Place, has_slip, spoil
from pipelines.simulation.workbooks import EXTENSIONS, not_a_workbook, write_workbook
from pipelines.templates import write_template


@dataclass(frozen=True)
class Submission:
    """A file as it came. `file` is a POSIX path relative to the simulation's folder; `outcome` is what should happen
    to it: accepted, returned or refused. `slip` and its place are None for a filing without fault."""

    file: str
    received_at: datetime
    contract: str
    division_code: str
    period: str
    attempt: int
    outcome: str
    slip: str | None = None
    column_title: str | None = None
    row: int | None = None

    def as_truth(self) -> dict[str, Any]:
        """The record of a planted fault in truth.json."""
        described = _slip_settings(str(self.slip))
        return {
            "file": self.file,
            "division_code": self.division_code,
            "contract": self.contract,
            "period": self.period,
            "attempt": self.attempt,
            "fault": self.slip,
            "title": described["title"],
            "outcome": self.outcome,
            "column_title": self.column_title,
            "row": self.row,
        }


def draw_slip(clerk: Clerk, filing: DueFiling, arrival: datetime, rng: np.random.Generator) -> str | None:
    """A slip that this filing can have (key of `faults`), or None.

    A wrong organisation code is noticed only once the reporter's first register is there to compare with.
    """
    contract, has_rows = filing.contract.contract, bool(filing.rows)
    tool, is_registered = clerk.habits.tool, clerk.registered_at is not None and clerk.registered_at < arrival
    weights = {
        name: slip["weight"]
        for name, slip in load("clerks")["faults"].items()
        if contract in slip.get("contracts", [contract])
        and tool in slip.get("tools", [tool])
        and slip.get("needs_rows", True) in ("any", has_rows)
        and (is_registered or not slip.get("needs_register"))
    }
    return draw_weighted(weights, rng) if weights else None


def draw_arrival(
    contract: Contract, period: str, is_late: bool, rng: np.random.Generator, *, after: datetime | None = None
) -> datetime:
    """When a submission comes: a working day, office hours; a correction some days after what went back."""
    timing = load("clerks")["timing"]
    end, due = period_end(period), due_on(contract, period)
    if after is not None:
        first, last = (after.date() + timedelta(days=days) for days in timing["correction_days"])
    elif is_late:
        first, last = (due + timedelta(days=days) for days in timing["late_days"])
    else:
        first, last = (
            max(opens_on(period), end + timedelta(days=timing["first_days"][0])),
            min(due, end + timedelta(days=timing["first_days"][1])),
        )
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    day = _pick_day([day for day in days if day.weekday() < 5] or days, rng)
    half = timing["office_minutes"][int(rng.integers(2))]
    return datetime.combine(day, time()) + timedelta(minutes=draw_between(half, rng))


def _pick_day(days: list[date], rng: np.random.Generator) -> date:
    return days[int(rng.integers(len(days)))]


def submit(
    clerk: Clerk, filing: DueFiling, slip: str | None, attempt: int, arrival: datetime, rng: np.random.Generator
) -> Submission:
    """Write one attempt at a filing below the clerk's folder, with `slip` (None: as it should be)."""
    reporter, tool = clerk.supervision.reporter, clerk.habits.tool
    file = Path("报送", filing.period, _file_name(clerk, filing, attempt, EXTENSIONS[tool]))
    path = clerk.out / file
    path.parent.mkdir(parents=True, exist_ok=True)
    column_title: str | None = None
    row: int | None = None
    if slip == "empty_file":
        path.write_bytes(b"")
    elif slip == "not_a_workbook":
        path.write_bytes(not_a_workbook(reporter.code, filing.period))
    elif slip is None and tool == "template" and filing.rows:
        _fill_template(path, clerk, filing)
    else:
        sheet, slip, (column_title, spoilt_row) = _spoilt_sheet(clerk, filing, slip, arrival, rng)
        path.write_bytes(write_workbook(sheet, tool, arrival.date()))
        row = sheet.row_number(spoilt_row) if spoilt_row is not None else None
    return Submission(
        file=file.as_posix(),
        received_at=arrival,
        contract=filing.contract.contract,
        division_code=reporter.code,
        period=filing.period,
        attempt=attempt,
        outcome=_slip_settings(slip)["outcome"] if slip else "accepted",
        slip=slip,
        column_title=column_title,
        row=row,
    )


def _fill_template(path: Path, clerk: Clerk, filing: DueFiling) -> None:
    reporter = clerk.supervision.reporter
    write_template(
        path, filing.contract, reporter.code, reporter.name, filing.period, rows=filing.rows, is_simulated=True
    )


def _slip_settings(slip: str) -> dict[str, Any]:
    settings = load("clerks")
    described: dict[str, Any] = settings["faults"].get(slip) or settings["planted_faults"][slip]
    return described


def _spoilt_sheet(
    clerk: Clerk, filing: DueFiling, slip: str | None, arrival: datetime, rng: np.random.Generator
) -> tuple[Sheet, str | None, Place]:
    """The dirty sheet, the slip that was made in the end, and where; another slip is drawn where one does not fit."""
    reporter = clerk.supervision.reporter
    while True:
        sheet = draw_up(filing.contract, reporter, filing.period, filing.rows)
        try:
            place = spoil(sheet, slip, rng) if slip else (None, None)
            return soil(sheet, clerk.habits, reporter, filing.period, rng), slip, place
        except NotApplicable:
            slip = draw_slip(clerk, filing, arrival, rng)
            slip = slip if slip and has_slip(slip) else None


def submit_copy(clerk: Clerk, original: Submission, rng: np.random.Generator) -> Submission:
    """The same bytes again under another name, some days later: the same receipt has to come back."""
    source = clerk.out / original.file
    copy_ending = str(rng.choice(load("clerks")["copy_endings"]))
    target = source.with_name(f"{source.stem}{copy_ending}{source.suffix}")
    target.write_bytes(source.read_bytes())
    days = draw_between(load("clerks")["timing"]["copy_days"], rng)
    return Submission(
        file=target.relative_to(clerk.out).as_posix(),
        received_at=original.received_at + timedelta(days=days, minutes=7),
        contract=original.contract,
        division_code=original.division_code,
        period=original.period,
        attempt=original.attempt,
        outcome="accepted",
        slip="identical_copy",
    )


def _file_name(clerk: Clerk, filing: DueFiling, attempt: int, extension: str) -> str:
    """A name as clerks give them; different for each attempt, and for each reporter within a period's folder."""
    contract, kind = filing.contract, FILING_KIND_TITLES[filing.contract.kind]
    title = contract.title if contract.title.endswith(kind) else f"{contract.title}{kind}"
    ending = clerk.habits.ending if attempt == 1 else load("clerks")["correction_endings"][attempt - 2]
    words = {
        "name": clerk.supervision.reporter.spoken_name,
        "code": clerk.supervision.reporter.code,
        "contract": contract.contract,
        "period": period_title(filing.period),
        "plain": filing.period,
        "title": title,
        "ending": ending,
    }
    return f"{clerk.habits.file_pattern.format(**words)}.{extension}"
