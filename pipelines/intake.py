"""Take filings in: read, assign, check, archive, enter in the ledger, stage, and send back what has faults.

Files are taken in chunks, in the order of receipt. Within a chunk each contract is one batch, registers first. The
order archive → ledger → staged is what makes a crash harmless: what the ledger knows can always be staged again.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa

from data_contracts.calendar import due_on
from data_contracts.contract import Contract
from data_contracts.divisions import load_divisions
from data_contracts.loading import load_contracts
from pipelines.archive import clear_stash, read_archived, settle_stash, stash_file
from pipelines.arrivals import Arrival, chunk_arrivals, list_arrivals, read_received_list
from pipelines.assignment import Reporters, assign
from pipelines.events import Place, checked_actor, filing_events
from pipelines.faults import Fault, IntakeError, Refusal, refuse, shorten
from pipelines.home import Home
from pipelines.isolated_pool import IsolatedPool, open_pool
from pipelines.isolated_worker import ReadPart, ReturnOrder
from pipelines.judging import Item, Registrar, apart_by_filer, judge, recognise, spread
from pipelines.ledger import ACCEPTED, FilingRecord, Ledger, open_ledger
from pipelines.machine_faults import telling_machine_faults
from pipelines.period_states import PERIOD_KINDS, PeriodStates
from pipelines.reading import header_readers
from pipelines.receipts import IntakeResult, Receipt, unregistered_receipt, write_receipt
from pipelines.records import Records
from pipelines.returned_workbooks import ReturnSlip, returned_name
from pipelines.staging import bring_in_step, stage_rows
from pipelines.steady_clock import ClockError, steady_now
from pipelines.sums import drop_sum, sum_path, write_sum

__all__ = ["IntakeError", "IntakeResult", "Receipt", "intake", "read_received_list"]

Progress = Callable[[str, int, int], None]
CHUNK_FILES = 4_000
CHUNK_BYTES = 96 * 2**20


@dataclass(slots=True)
class _Run:
    """What one intake knows throughout."""

    home: Home
    ledger: Ledger
    contracts: Mapping[str, Contract]
    pool: IsolatedPool
    reporters: Reporters
    records: Records
    registrar: Registrar
    periods: PeriodStates
    actor: str

    def due_on(self, contract: str, period: str) -> date:
        """Last day on which a filing is on time."""
        return due_on(self.contracts[contract], period)

    def has_accepted(self, place: Place) -> bool:
        """Whether the ledger holds an accepted filing of a place already."""
        return any(record.status in ACCEPTED for record in self.ledger.at_place(place))


def intake(
    home: Home,
    paths: Iterable[Path | str],
    *,
    received: Mapping[str, datetime] | None = None,
    now: datetime | None = None,
    actor: str | None = None,
    progress: Progress | None = None,
    pool: IsolatedPool | None = None,
) -> IntakeResult:
    """Take files and folders in.

    Args:
        home: the home folder; made if it is not there.
        paths: files or folders. Every file gets a receipt, whatever it is.
        received: time of receipt by path relative to the given folder, or by file name.
        now: time of receipt of all others; the clock's if None.
        actor: who takes them in: a role or an account.
        progress: told (step, done, total).
        pool: workers that are kept ready by the caller; opened for this intake alone if None.

    Returns:
        One receipt per file in the order of receipt, or one per sheet where several are filings of their own. A filing
        that was accepted before, or comes twice, gets the same receipt again; one that was returned or refused is
        judged anew, and gets the same receipt if the outcome is the same; one that was withdrawn is judged anew and
        gets a new receipt.

    Raises:
        IntakeError: the home is busy, its ledger or archive cannot be used, the disk is full, or the clock set back.
        CheckingError: a check could not be run; nothing of its chunk was taken.
    """
    places = [Path(path) for path in paths]
    moment = now or _moment(home, places, received)
    arrivals = list_arrivals(places, received, moment)
    contracts = load_contracts()
    receipts: list[Receipt] = []
    opened = nullcontext(pool) if pool else open_pool(header_readers(contracts), len(arrivals))
    with telling_machine_faults("收件"), home.locked(), opened as workers:
        clear_stash(home)
        bring_in_step(home, progress)
        with open_ledger(home.ledger) as ledger:
            records = Records(home, contracts)
            reporters, periods = Reporters(load_divisions()), PeriodStates(ledger.events(PERIOD_KINDS))
            registrar, who = Registrar(ledger), checked_actor(actor)
            run = _Run(home, ledger, contracts, workers, reporters, records, registrar, periods, who)
            _replace_missing_returns(run, progress)
            for chunk in chunk_arrivals(arrivals, CHUNK_FILES, CHUNK_BYTES):
                receipts += _take_chunk(run, chunk, progress, len(receipts), len(arrivals))
    return IntakeResult(receipts)


def _moment(home: Home, places: Sequence[Path], received: Mapping[str, datetime] | None) -> datetime:
    """The time of receipt of what no list tells: by a clock that does not run back."""
    try:
        return steady_now(home)
    except ClockError:
        # Where a list tells when each file came, the clock decides nothing.
        clock = datetime.now()
        if received is None or any(one.received_at == clock for one in list_arrivals(places, received, clock)):
            raise
        return clock


def _take_chunk(run: _Run, chunk: Sequence[Arrival], progress: Progress | None, done: int, total: int) -> list[Receipt]:
    fetched = [Item(arrival) for arrival in chunk]
    for item in fetched:
        _fetch(item)
    receipts: list[Receipt] = []
    for items in apart_by_filer(fetched):
        receipts += _take_items(run, items, progress, done + len(receipts), total)
    return receipts


def _take_items(run: _Run, items: list[Item], progress: Progress | None, done: int, total: int) -> list[Receipt]:
    recognise(run.ledger, items)
    for count, _ in enumerate(run.pool.threads.map(partial(_read, run), items), start=1):
        if progress and (count % 50 == 0 or count == len(items)):
            progress("接收报表", done + count, total)
    items = list(spread(items))
    accepted_tables = judge(items, run.contracts.values(), run.records)
    run.registrar.enter(items)
    _keep(run, items, accepted_tables)
    _send_back(run, items, progress)
    return _write_receipts(run, items)


def _fetch(item: Item) -> None:
    """Read the bytes and name them."""
    path = item.arrival.path
    try:
        item.data = path.read_bytes()
    except FileNotFoundError:
        item.refusal = refuse("path_missing", path=item.arrival.shown_path).refusal
    except OSError as error:
        reason = error.strerror or type(error).__name__
        item.refusal = refuse("unreadable", path=item.arrival.shown_path, reason=reason).refusal
    else:
        item.sha256 = hashlib.sha256(item.data).hexdigest()


def _read(run: _Run, item: Item) -> None:
    """Read and assign one file; runs in a thread of the pool."""
    if item.is_settled:
        return
    answers = run.pool.read(item.data, item.arrival.path.name)
    known = {1: item, **{other.part: other for other in item.others}}
    parts = [known.get(part) or item.add_part(part) for part in range(1, len(answers) + 1)]
    item.others = parts[1:]
    for part, answer in zip(parts, answers, strict=True):
        _assign(run, part, answer)
    if any(part.refusal is None for part in parts):
        stash_file(run.home, item.sha256, item.data)
    item.data = b""


def _assign(run: _Run, item: Item, answer: ReadPart) -> None:
    if item.stands:
        return
    if isinstance(answer, Refusal):
        item.refusal = answer
        return
    name, block, item.raw = answer
    arrival = item.arrival
    item.assignment = assign(
        block, run.contracts[name], run.reporters, run.periods, arrival.received_at, arrival.filer
    )
    item.refusal = item.assignment.refusal


def _keep(run: _Run, items: Sequence[Item], tables: Sequence[tuple[Contract, pa.Table]]) -> None:
    """Archive, then the ledger in one transaction, then the staged rows."""
    fresh = [(item, item.record) for item in items if item.record and not item.is_repeat]
    settle_stash(run.home, dict.fromkeys(item.sha256 for item, record in fresh if record.status != "refused"))
    for item, _ in fresh:
        item.faults = list(shorten(item.faults))
    new = [record for _, record in fresh]
    # Worked out before the ledger knows the new ones: whether an accepted filing was there already decides on lateness.
    events = list(filing_events(new, run.due_on, run.has_accepted, run.actor))
    run.ledger.add(new, (fault for item, _ in fresh for fault in item.faults), events)
    for contract, rows in tables:
        records = [record for record in new if record.contract == contract.contract and record.status in ACCEPTED]
        if records:
            stage_rows(run.home, contract, rows, records)


def _send_back(run: _Run, items: Sequence[Item], progress: Progress | None) -> None:
    _write_returns(run, [(i.record, i.faults) for i in items if i.record and not i.is_repeat and i.goes_back], progress)


def _write_returns(
    run: _Run, returns: Sequence[tuple[FilingRecord, Sequence[Fault]]], progress: Progress | None
) -> None:
    written = run.pool.threads.map(lambda return_: _write_return(run, *return_), returns)
    for count, _ in enumerate(written, start=1):
        if progress:
            progress("生成退回件", count, len(returns))


def _write_return(run: _Run, record: FilingRecord, faults: Sequence[Fault]) -> None:
    division = str(record.division_code)
    slip = ReturnSlip(
        record.receipt_no,
        record.file_name,
        run.contracts[str(record.contract)],
        division,
        run.reporters.name(division),
        str(record.period),
        record.is_simulated,
    )
    original = read_archived(run.home, record.sha256)
    path = _return_path(run.home, record)
    drop_sum(path)
    run.pool.write_return(ReturnOrder(path, original, slip, tuple(faults)))
    write_sum(path)


def _return_path(home: Home, record: FilingRecord) -> Path:
    return home.returned / returned_name(record.receipt_no, record.file_name)


def _replace_missing_returns(run: _Run, progress: Progress | None) -> None:
    """Write the returned workbooks that a crash, or somebody's tidying up, has left missing."""
    there = {path.name for path in run.home.returned.iterdir()}
    missing = [
        record
        for record in run.ledger.records(("returned",))
        if record.contract in run.contracts and returned_name(record.receipt_no, record.file_name) not in there
    ]
    # Written before there were sums, or by a run that crashed before its sum: they are whole, as they are renamed.
    for name in sorted(there):
        path = run.home.returned / name
        if path.suffix == ".xlsx" and not name.startswith(".") and not sum_path(path).exists():
            write_sum(path)
    faults = run.ledger.faults_of([record.filing_id for record in missing])
    _write_returns(run, [(record, faults[record.filing_id]) for record in missing], progress)


def _write_receipts(run: _Run, items: Sequence[Item]) -> list[Receipt]:
    earlier = run.ledger.faults_of([item.record.filing_id for item in items if item.is_repeat and item.record])
    receipts = []
    for item in items:
        source = item.twin or item
        record, arrival = source.record, item.arrival
        if record is None:
            assert source.refusal is not None  # what cannot be read from disk is refused
            receipts.append(unregistered_receipt(arrival.shown_path, arrival.received_at, source.refusal))
            continue
        receipts.append(
            write_receipt(
                record,
                arrival.shown_path,
                run.contracts.get(record.contract or ""),
                run.reporters.name(record.division_code),
                earlier.get(record.filing_id, source.faults),
                _return_path(run.home, record) if record.status == "returned" else None,
                is_repeat=source.is_repeat or item.twin is not None,
            )
        )
    return receipts
