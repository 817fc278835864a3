"""A region's filings staged straight from the simulation: rows and ledger as intake leaves them, no workbook written.

Writing and reading workbooks takes many minutes and is not what a backtest or a bench of the build measures. What is
kept of the clerks: filings that never come, late ones, and first attempts that are returned, by the chances of the
hidden region; no slips, no dirt, no queries. With `is_in_control` nothing is planted: the same region without troubles.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from multiprocessing import get_context
from typing import Any

import numpy as np
import pyarrow as pa

from data_contracts.calendar import due_on
from data_contracts.contract import Contract
from data_contracts.loading import load_contracts
from data_contracts.periods import add_months, last_month, period_end, period_start
from pipelines.events import Event
from pipelines.home import Home
from pipelines.ledger import FilingRecord, open_ledger, receipt_number
from pipelines.simulation.filing import REGISTER, due_filings
from pipelines.simulation.frauds import Filings, Fraud, plant_frauds
from pipelines.simulation.simulating import TRUTH, choose_reporters
from pipelines.simulation.supervision import found_supervision
from pipelines.simulation.traits import Reporter
from pipelines.simulation.truth import write_planted
from pipelines.staging import stage_rows, staged_schema

WORKERS = 2
LATE_DAYS, RETURNED_DAYS = 3, 4


@dataclass(frozen=True)
class Drawn:
    """What one reporter files: rows by contract and period, when each was accepted, which were returned before."""

    code: str
    filings: Filings
    accepted_at: dict[tuple[str, str], datetime]
    returned_at: dict[tuple[str, str], datetime]
    troubles: list[dict[str, Any]]


@dataclass(frozen=True)
class _Order:
    reporter: Reporter
    first: str
    last: str
    seed: int
    is_in_control: bool


def stage_region(home: Home, *, months: int = 24, until: str = "2026-09", seed: int = 7,
                 divisions: Iterable[str] | None = None, is_in_control: bool = False, frauds_per_kind: int = 0,
                 ) -> dict[str, Any]:
    """Stage a simulated region into a fresh home and write `truth.json` beside its folders.

    Args:
        home: a folder made, with nothing taken in yet.
        months, until, seed, divisions: as for `simulate`.
        is_in_control: neither troubles nor planned leaks' troubles; the reporters differ and drift as ever.
        frauds_per_kind: frauds planted of each kind (pipelines/simulation/frauds.py), none in control.

    Returns:
        The content of truth.json: `settings`, `troubles`, `frauds`.
    """
    first = add_months(until, 1 - months)
    orders = [_Order(one, first, until, seed, is_in_control) for one in choose_reporters(divisions)]
    drawn = list(_carry_out(orders))
    frauds: list[Fraud] = []
    if frauds_per_kind and not is_in_control:
        frauds = plant_frauds({one.code: one.filings for one in drawn}, frauds_per_kind, seed)
    _keep(home, drawn)
    settings = {"months": months, "seed": seed, "until": until, "first": first, "is_in_control": is_in_control,
                "frauds_per_kind": frauds_per_kind, "reporters": len(drawn), "is_staged_directly": True}
    troubles = [trouble for one in drawn for trouble in one.troubles]
    return write_planted(home.root / TRUTH, settings, troubles, [fraud.as_truth() for fraud in frauds])


def _carry_out(orders: list[_Order]) -> Iterator[Drawn]:
    if len(orders) < 8:
        yield from map(_draw_reporter, orders)
        return
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_draw_reporter, orders, chunksize=4)


def _draw_reporter(order: _Order) -> Drawn:
    """All filings of one reporter in the order of their periods."""
    seed = np.random.SeedSequence([order.seed, int(order.reporter.code)])
    supervision = found_supervision(order.reporter, order.first, order.last, seed, is_in_control=order.is_in_control)
    dice = np.random.default_rng([order.seed, int(order.reporter.code)])
    covered: dict[str, date] = defaultdict(lambda: period_start(order.first) - timedelta(days=1))
    known: set[str] = set()
    drawn = Drawn(order.reporter.code, {}, {}, {}, [one.as_truth() for one in supervision.traits.troubles])
    for contract, period in due_filings(load_contracts(), order.first, order.last):
        name, chance = contract.contract, supervision.traits.chance
        # a monthly table may be due before the first register: it names what stands at the beginning
        named = known or {one.code for one in supervision.world.standing}
        rows = supervision.rows(name, period, covered[name], named, dice)
        missing, late, faulty = dice.random(3) < [
            chance(one, last_month(period)) for one in ("filing_missing", "filing_late", "filing_faulty")]
        is_first_register = name == REGISTER and not known
        if (missing and not is_first_register) or (not rows and not contract.allows_nil):
            continue
        arrived = datetime.combine(due_on(contract, period) + timedelta(days=LATE_DAYS if late else -5), time(10))
        if faulty:
            drawn.returned_at[name, period] = arrived
            arrived += timedelta(days=RETURNED_DAYS)
        drawn.filings[name, period], drawn.accepted_at[name, period] = rows, arrived
        covered[name] = period_end(period)
        if name == REGISTER:
            known = {str(row["organisation_code"]) for row in rows}
    return drawn


def _keep(home: Home, drawn: list[Drawn]) -> None:
    """Stage every row and enter every filing in the ledger."""
    contracts = load_contracts()
    records: list[FilingRecord] = []
    staged: dict[tuple[str, str], tuple[list[FilingRecord], list[dict[str, Any]]]] = defaultdict(lambda: ([], []))
    for one in drawn:
        for (name, period), rows in one.filings.items():
            contract, returned_at = contracts[name], one.returned_at.get((name, period))
            if returned_at:
                records.append(filing_record(contract, one.code, period, returned_at, len(rows), len(records), 0))
            record = filing_record(contract, one.code, period, one.accepted_at[name, period], len(rows),
                                   len(records), 2 if returned_at else 1)
            records.append(record)
            staged[name, period][0].append(record)
            staged[name, period][1].extend(_staged_rows(record, rows))
    for (name, _), (of_filings, rows) in staged.items():
        stage_rows(home, contracts[name], _table(rows, staged_schema(contracts[name])), of_filings)
    with open_ledger(home.ledger) as ledger:
        ledger.add(records, events=[filed_event(record) for record in records])


def filed_event(record: FilingRecord) -> Event:
    """That it was filed when it was received."""
    return Event(at=record.received_at, kind="filed", filing_id=record.filing_id, contract=record.contract,
                 division_code=record.division_code, period=record.period)


def filing_record(contract: Contract, code: str, period: str, received_at: datetime, row_count: int, number: int,
                  attempt: int) -> FilingRecord:
    """An accepted filing, or with attempt 0 the first one that was returned."""
    digest = hashlib.sha256(f"{contract.contract} {code} {period} {attempt}".encode()).hexdigest()
    return FilingRecord(
        filing_id=digest[:16], receipt_no=receipt_number(received_at.year, number + 1), sha256=digest,
        file_name=f"{contract.contract}_{code}_{period}.xlsx", contract=contract.contract,
        contract_version=contract.version, division_code=code, period=period, received_at=received_at,
        status="accepted" if attempt else "returned", attempt=attempt or 1, is_nil=row_count == 0,
        row_count=row_count, query_count=0, explained_count=0, sheet=contract.sheet, is_simulated=True,
    )


def naming_columns(contract: Contract) -> list[str]:
    """Columns whose texts name something: what is copied needs others."""
    return [column.name for column in contract.columns
            if column.kind == "string" and (column.is_key or column.name.endswith("_code"))]


def _staged_rows(record: FilingRecord, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(rows, start=7):
        yield {**row, "filing_id": record.filing_id, "division_code": record.division_code, "period": record.period,
               "file_name": record.file_name, "sheet": record.sheet, "row": number, "received_at": record.received_at}


def _table(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    arrays = []
    for field in schema:
        values = [row.get(field.name) for row in rows]
        if pa.types.is_string(field.type):
            values = [None if value is None else str(value) for value in values]
        arrays.append(pa.array(values, field.type))
    return pa.table(arrays, schema=schema)
