"""A reporter's months of filing: what comes, when, how often it goes back, and what never comes.

One pass in order of time, because a clerk's next filing depends on what was accepted before it: an event ledger
covers everything since the last accepted one, and a tally names only organisations of a register accepted before.
"""

import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from data_contracts.contract import Contract
from data_contracts.periods import last_month, period_end, period_start, periods_between
from pipelines.simulation.clerks import Clerk, DueFiling
from pipelines.simulation.contents import Row
from pipelines.simulation.dirt import draw_habits
from pipelines.simulation.explanations import explain_looking_back
from pipelines.simulation.on_file import Accepted
from pipelines.simulation.settings import load
from pipelines.simulation.submissions import Submission, draw_arrival, draw_slip, submit, submit_copy
from pipelines.simulation.supervision import Supervision

REGISTER = "organisations"
MOST_ATTEMPTS = 4


@dataclass
class Filed:
    """What one reporter has filed: every submission with its outcome, filings that never came, the clerk's habits."""

    clerk: dict[str, Any]
    row_count: int = 0
    submissions: list[Submission] = field(default_factory=list)
    missing: list[dict[str, str]] = field(default_factory=list)


def file_months(
    supervision: Supervision,
    contracts: dict[str, Contract],
    first: str,
    last: str,
    out: Path,
    seed: np.random.SeedSequence,
    mark_from: str | None,
) -> Filed:
    """Everything one reporter files for the months `first` … `last`, written below `out`."""
    habits_seed, filings_seed = seed.spawn(2)
    habits = draw_habits(np.random.default_rng(habits_seed))
    start = period_start(first) - timedelta(days=1)
    clerk = Clerk(supervision, habits, out, mark_from, covered=dict.fromkeys(contracts, start))
    filed = Filed({"tool": habits.tool, "date_style": habits.date_style, "dirt": sorted(habits.kinds)})
    for contract, period in due_filings(contracts, first, last):
        _file_one(clerk, contract, period, filed, _filing_rng(filings_seed, contract, period))
    return filed


def _filing_rng(seed: np.random.SeedSequence, contract: Contract, period: str) -> np.random.Generator:
    """A stream of the filing's own, so that a contract added or left out changes nothing in the others."""
    name = zlib.crc32(f"{contract.contract} {period}".encode())
    return np.random.default_rng(np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, name)))


def due_filings(contracts: dict[str, Contract], first: str, last: str) -> list[tuple[Contract, str]]:
    """Contract and period of every filing due for whole periods within the months, registers of organisations first.

    A quarter that began before `first` is left out, so that a warehouse built of the filings expects no months before.
    """
    due = [
        (contract, period)
        for contract in contracts.values()
        for period in periods_between(first, last, contract.frequency)
        if f"{period_start(period):%Y-%m}" >= first
    ]
    names = list(contracts)
    return sorted(due, key=lambda task: (last_month(task[1]), names.index(task[0].contract)))


def _file_one(clerk: Clerk, contract: Contract, period: str, filed: Filed, rng: np.random.Generator) -> None:
    """One filing with all its attempts, until it is accepted or given up."""
    traits, month = clerk.supervision.traits, last_month(period)
    covered, known = clerk.covered[contract.contract], clerk.known_codes(period)
    is_late = rng.random() < traits.chance("filing_late", month)
    arrival = draw_arrival(contract, period, is_late, rng)
    rows = clerk.supervision.rows(contract.contract, period, covered, known, rng)
    pasts = list(clerk.on_file.pasts(contract.contract, period, arrival))
    rows = explain_looking_back(contract.contract, rows, period, pasts, rng)
    # Every reporter's first register comes and is accepted: what refers to it has to find it.
    is_first_register = contract.contract == REGISTER and not clerk.registers
    is_missing = rng.random() < traits.chance("filing_missing", month) and not is_first_register
    if is_missing or (not rows and not contract.allows_nil):
        code = clerk.supervision.reporter.code
        filed.missing.append({"division_code": code, "contract": contract.contract, "period": period})
        return
    filing = DueFiling(contract, period, rows)
    slip = _first_slip(clerk, filing, arrival, rng)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        is_last = attempt == MOST_ATTEMPTS or (is_first_register and attempt > 1)
        submission = submit(clerk, filing, None if is_last else slip, attempt, arrival, rng)
        filed.submissions.append(submission)
        if submission.outcome == "accepted":
            filed.row_count += len(rows)
            _remember(clerk, contract, submission, rows)
            if rng.random() < load("clerks")["copy_chance"]:
                filed.submissions.append(submit_copy(clerk, submission, rng))
            return
        if not is_first_register and rng.random() < traits.chance("correction_missing", month):
            return
        arrival = draw_arrival(contract, period, False, rng, after=arrival)
        has_slip_again = rng.random() < load("clerks")["second_fault_chance"]
        slip = draw_slip(clerk, filing, arrival, rng) if has_slip_again else None


def _first_slip(clerk: Clerk, filing: DueFiling, arrival: datetime, rng: np.random.Generator) -> str | None:
    """The slip of a first attempt, or None; a planted classification mark goes before any other."""
    month = last_month(filing.period)
    if clerk.mark_from and filing.contract.contract == "findings" and month >= clerk.mark_from and filing.rows:
        clerk.mark_from = None
        return "classification_mark"
    if rng.random() >= clerk.supervision.traits.chance("filing_faulty", month):
        return None
    return draw_slip(clerk, filing, arrival, rng)


def _remember(clerk: Clerk, contract: Contract, submission: Submission, rows: list[Row]) -> None:
    clerk.on_file.filings.append(Accepted(contract, submission.period, submission.received_at, rows))
    clerk.covered[submission.contract] = period_end(submission.period)
    if submission.contract == REGISTER:
        clerk.registers[submission.period] = {str(row["organisation_code"]) for row in rows}
        clerk.registered_at = clerk.registered_at or submission.received_at
