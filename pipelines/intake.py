"""Take filings in: read, assign, check, archive, enter in the ledger, stage, and send back what has faults.

Files are taken in chunks, in the order of receipt. Within a chunk each contract is one batch, registers first. The
order archive → ledger → staged is what makes a crash harmless: what the ledger knows can always be staged again.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract
from data_contracts.divisions import load_divisions
from data_contracts.loading import load_contracts
from pipelines.archive import clear_stash, read_archived, settle_stash, stash_file
from pipelines.arrivals import Arrival, chunk_arrivals, list_arrivals, read_received_list
from pipelines.assignment import Assignment, Reporters, assign
from pipelines.batches import Filing, parse_batch
from pipelines.checking import check_batch
from pipelines.faults import Fault, IntakeError, Refusal, refuse, shorten
from pipelines.home import Home
from pipelines.ledger import ACCEPTED, FilingRecord, Ledger, Status, open_ledger, receipt_number
from pipelines.reading import RawSheet, header_readers
from pipelines.reading_pool import ReadingPool, open_pool
from pipelines.receipts import IntakeResult, Receipt
from pipelines.registers import Registers
from pipelines.returned_workbooks import ReturnSlip, returned_name, write_returned_workbook
from pipelines.staging import bring_in_step, stage_rows

__all__ = ["IntakeError", "IntakeResult", "Receipt", "intake", "read_received_list"]

Progress = Callable[[str, int, int], None]
CHUNK_FILES = 1_000
CHUNK_BYTES = 24 * 2**20


@dataclass(slots=True)
class _Item:
    """One file on its way through a chunk; fields fill up as it goes."""

    arrival: Arrival
    data: bytes = b""
    sha256: str = ""
    known: FilingRecord | None = None
    twin: "_Item | None" = None
    raw: RawSheet | None = None
    assignment: Assignment | None = None
    refusal: Refusal | None = None
    filing_id: str = ""
    faults: list[Fault] = field(default_factory=list)
    record: FilingRecord | None = None
    is_repeat: bool = False


@dataclass(slots=True)
class _Run:
    """What one intake knows throughout."""

    home: Home
    ledger: Ledger
    contracts: Mapping[str, Contract]
    pool: ReadingPool
    reporters: Reporters
    registers: Registers
    attempts: dict[tuple[str, str, str], int]
    numbers: dict[int, int]


def intake(
    home: Home,
    paths: Iterable[Path | str],
    *,
    received: Mapping[str, datetime] | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> IntakeResult:
    """Take files and folders in.

    Args:
        home: the home folder; made if it is not there.
        paths: files or folders. Every file gets a receipt, whatever it is.
        received: time of receipt by path relative to the given folder, or by file name.
        now: time of receipt of all others; the clock's if None.
        progress: told (step, done, total).

    Returns:
        One receipt per file in the order of receipt. A file that was accepted before, or comes twice, gets the same
        receipt again; one that was returned or refused is judged anew, and gets the same receipt if the outcome is
        the same.

    Raises:
        IntakeError: the home is busy, or its ledger or archive cannot be used.
        CheckingError: a check could not be run; nothing of its chunk was taken.
    """
    moment = now or datetime.now()
    arrivals = list_arrivals([Path(path) for path in paths], received, moment)
    contracts = load_contracts()
    receipts: list[Receipt] = []
    with home.locked(), open_pool(header_readers(contracts), len(arrivals)) as pool:
        clear_stash(home)
        bring_in_step(home, progress)
        with open_ledger(home.ledger) as ledger:
            run = _Run(home, ledger, contracts, pool, Reporters(load_divisions()),
                       Registers(home, contracts.values()), ledger.attempts(), ledger.last_numbers())
            _replace_missing_returns(run)
            for chunk in chunk_arrivals(arrivals, CHUNK_FILES, CHUNK_BYTES):
                receipts += _take_chunk(run, chunk, progress, len(receipts), len(arrivals))
    return IntakeResult(receipts)


def _take_chunk(run: _Run, chunk: Sequence[Arrival], progress: Progress | None, done: int, total: int) -> list[Receipt]:
    items = [_Item(arrival) for arrival in chunk]
    for item in items:
        _fetch(item)
    _recognise(run.ledger, items)
    for count, _ in enumerate(run.pool.threads.map(partial(_read, run), items), start=1):
        if progress and (count % 50 == 0 or count == len(items)):
            progress("接收报表", done + count, total)
    accepted_tables = _judge(run, items)
    _number(run, items)
    _keep(run, items, accepted_tables)
    return _write_receipts(run, items, progress)


def _fetch(item: _Item) -> None:
    """Read the bytes and name them."""
    path = item.arrival.path
    try:
        item.data = path.read_bytes()
    except FileNotFoundError:
        item.refusal = refuse("path_missing", path=path).refusal
    except OSError as error:
        item.refusal = refuse("unreadable", path=path, reason=error.strerror or type(error).__name__).refusal
    else:
        item.sha256 = hashlib.sha256(item.data).hexdigest()


def _recognise(ledger: Ledger, items: Sequence[_Item]) -> None:
    """Find files that came before, in an earlier run or in this chunk."""
    known = ledger.newest_by_hash([item.sha256 for item in items if item.sha256])
    first: dict[str, _Item] = {}
    for item in items:
        if not item.sha256:
            continue
        item.known = known.get(item.sha256)
        item.twin = first.get(item.sha256)
        first.setdefault(item.sha256, item)
        item.filing_id = _next_id(item.sha256, item.known)


def _next_id(sha256: str, known: FilingRecord | None) -> str:
    """First 16 hex digits of the hash; with a count where the same file is judged again."""
    stem = sha256[:16]
    if known is None:
        return stem
    count = int(known.filing_id.partition("-")[2] or 1)
    return f"{stem}-{count + 1}"


def _read(run: _Run, item: _Item) -> None:
    if item.refusal or item.twin or (item.known and item.known.status in ACCEPTED):
        return
    answer = run.pool.read(item.data, item.arrival.file_name)
    if isinstance(answer, Refusal):
        item.refusal = answer
        return
    name, block, item.raw = answer
    item.assignment = assign(block, run.contracts[name], run.reporters, item.arrival.received_at)
    item.refusal = item.assignment.refusal
    if item.refusal is None:
        stash_file(run.home, item.sha256, item.data)
    item.data = b""


def _judge(run: _Run, items: Sequence[_Item]) -> list[tuple[Contract, pa.Table]]:
    """Parse and check each contract's filings as one batch; the accepted rows of each."""
    tables = []
    for contract in run.contracts.values():
        mine = [item for item in items if _is_for(item, contract)]
        if not mine:
            continue
        batch = parse_batch(contract, [_filing(item) for item in mine])
        by_filing: dict[str, list[Fault]] = {item.filing_id: [] for item in mine}
        for fault in (*batch.faults, *check_batch(batch, run.registers)):
            by_filing[fault.filing_id].append(fault)
        for item in mine:
            item.faults = by_filing[item.filing_id]
        accepted = [item.filing_id for item in mine if not _goes_back(item)]
        rows = batch.table.filter(pc.is_in(batch.table["filing_id"], pa.array(accepted, pa.string())))
        run.registers.add(contract, rows)
        tables.append((contract, rows))
    return tables


def _is_for(item: _Item, contract: Contract) -> bool:
    return item.assignment is not None and item.refusal is None and item.assignment.contract is contract


def _filing(item: _Item) -> Filing:
    assignment, raw = item.assignment, item.raw
    assert assignment is not None and raw is not None
    return Filing(item.filing_id, item.arrival.file_name, str(assignment.division_code), str(assignment.period),
                  item.arrival.received_at, assignment.is_nil, raw)


def _goes_back(item: _Item) -> bool:
    return any(fault.strength == "mandatory" or not fault.is_explained for fault in item.faults)


def _number(run: _Run, items: Sequence[_Item]) -> None:
    """Give each new outcome its record, receipt number and attempt, in the order of receipt."""
    for item in items:
        if not item.sha256 or item.twin:
            continue
        status = _status(item)
        known = item.known
        if known and (known.status in ACCEPTED or (known.status, known.refusal_code) == (status, _code(item))):
            item.record, item.is_repeat = known, True
            continue
        item.record = _record(run, item, status)


def _status(item: _Item) -> Status:
    if item.refusal:
        return "refused"
    if _goes_back(item):
        return "returned"
    return "accepted_with_queries" if item.faults else "accepted"


def _code(item: _Item) -> str | None:
    return item.refusal.code if item.refusal else None


def _record(run: _Run, item: _Item, status: Status) -> FilingRecord:
    year = item.arrival.received_at.year
    run.numbers[year] = run.numbers.get(year, 0) + 1
    record = FilingRecord(item.filing_id, receipt_number(year, run.numbers[year]), item.sha256, item.arrival.file_name,
                          None, None, None, None, item.arrival.received_at, status)
    if item.refusal:
        record = replace(record, refusal_code=item.refusal.code, refusal_message=item.refusal.message)
    if item.assignment is None:
        return record
    assignment = item.assignment
    record = replace(record, contract=assignment.contract.contract, contract_version=assignment.version,
                     division_code=assignment.division_code, period=assignment.period,
                     is_simulated=assignment.is_simulated, is_nil=assignment.is_nil)
    if status == "refused" or item.raw is None:
        return record
    place = (assignment.contract.contract, str(assignment.division_code), str(assignment.period))
    run.attempts[place] = run.attempts.get(place, 0) + 1
    queries = [fault for fault in item.faults if fault.strength == "query"]
    return replace(record, attempt=run.attempts[place], row_count=len(item.raw.rows), query_count=len(queries),
                   explained_count=sum(fault.is_explained for fault in queries), sheet=item.raw.sheet)


def _keep(run: _Run, items: Sequence[_Item], tables: Sequence[tuple[Contract, pa.Table]]) -> None:
    """Archive, then the ledger in one transaction, then the staged rows."""
    fresh = [(item, item.record) for item in items if item.record and not item.is_repeat]
    settle_stash(run.home, [item.sha256 for item, record in fresh if record.status != "refused"])
    for item, _ in fresh:
        item.faults = list(shorten(item.faults))
    run.ledger.add([record for _, record in fresh], (fault for item, _ in fresh for fault in item.faults))
    for contract, rows in tables:
        records = [record for _, record in fresh if record.contract == contract.contract and record.status in ACCEPTED]
        if records:
            stage_rows(run.home, contract, rows, records)


def _write_receipts(run: _Run, items: Sequence[_Item], progress: Progress | None) -> list[Receipt]:
    repeated = [item.record.filing_id for item in items if item.is_repeat and item.record]
    earlier = run.ledger.faults_of(repeated)
    goes_back = [item for item in items if item.record and item.record.status == "returned" and not item.is_repeat]
    for count, item in enumerate(goes_back, start=1):
        assert item.record is not None
        _write_return(run, item.record, item.faults)
        if progress:
            progress("生成退回件", count, len(goes_back))
    receipts = []
    for item in items:
        source = item.twin or item
        faults = earlier.get(source.record.filing_id, source.faults) if source.record else []
        receipts.append(_receipt(run, item.arrival, source, faults, is_repeat=source.is_repeat or item.twin is not None))
    return receipts


def _receipt(run: _Run, arrival: Arrival, item: _Item, faults: Sequence[Fault], *, is_repeat: bool) -> Receipt:
    record = item.record
    if record is None:
        refusal = item.refusal
        assert refusal is not None
        return Receipt("", arrival.file_name, arrival.path, arrival.received_at, "refused", refusal_code=refusal.code,
                       refusal_message=refusal.message)
    contract = run.contracts.get(record.contract or "")
    returned = _return_path(run.home, record) if record.status == "returned" else None
    return Receipt(
        receipt_no=record.receipt_no, file_name=arrival.file_name, path=arrival.path, received_at=record.received_at,
        status=record.status, filing_id=record.filing_id, sha256=record.sha256, contract=record.contract,
        contract_title=contract.title if contract else "", division_code=record.division_code,
        division_name=run.reporters.name(record.division_code), period=record.period, attempt=record.attempt,
        is_nil=record.is_nil, is_simulated=record.is_simulated, is_repeat=is_repeat, row_count=record.row_count,
        query_count=record.query_count, explained_count=record.explained_count, faults=tuple(faults),
        refusal_code=record.refusal_code, refusal_message=record.refusal_message, returned_path=returned,
    )  # fmt: skip


def _return_path(home: Home, record: FilingRecord) -> Path:
    return home.returned / returned_name(record.receipt_no, record.file_name)


def _write_return(run: _Run, record: FilingRecord, faults: Sequence[Fault]) -> None:
    division = str(record.division_code)
    slip = ReturnSlip(record.receipt_no, record.file_name, run.contracts[str(record.contract)], division,
                      run.reporters.name(division), str(record.period), record.is_simulated)
    original = read_archived(run.home, record.sha256)
    write_returned_workbook(_return_path(run.home, record), original, slip, faults)


def _replace_missing_returns(run: _Run) -> None:
    """Write the returned workbooks that a crash, or somebody's tidying up, has left missing."""
    there = {path.name for path in run.home.returned.iterdir()}
    missing = [
        record for record in run.ledger.records(("returned",))
        if returned_name(record.receipt_no, record.file_name) not in there
    ]
    faults = run.ledger.faults_of([record.filing_id for record in missing])
    for record in missing:
        _write_return(run, record, faults[record.filing_id])
