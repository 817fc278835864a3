"""Staged Parquet: one file per contract and period with the rows of every accepted filing. Derived, never the truth.

Each file carries in its metadata which filings it holds and by which version of the contract they were typed. What
differs from the ledger is made anew from archive and ledger, so a crash at any moment is healed by the next run.
"""

import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.contract import Contract
from data_contracts.loading import load_contracts
from pipelines.archive import read_archived
from pipelines.batches import Filing, parse_batch
from pipelines.faults import IntakeError, RefusalError
from pipelines.headers import HeaderReader
from pipelines.home import Home
from pipelines.ledger import ACCEPTED, FilingRecord, open_ledger
from pipelines.machine_faults import telling_machine_faults
from pipelines.parsing import ARROW_TYPES
from pipelines.reading import RawSheet, header_readers, read_file
from pipelines.sums import FOLDER as SUMS
from pipelines.sums import check_sum, put_in_place, sum_path, write_sum

Progress = Callable[[str, int, int], None]
Place = tuple[str, str]  # contract, period
_FILINGS_KEY, _CONTRACT_KEY = b"filings", b"contract"
_SORT = [("received_at", "ascending"), ("filing_id", "ascending"), ("row", "ascending")]
# Filings re-read at one go when healing; bounds the memory.
_CHUNK = 500


class StagingError(IntakeError):
    """An accepted file can no longer be read; the text names it, in Chinese."""


def staged_path(home: Home, contract: str, period: str) -> Path:
    """Where the rows of one contract and period lie."""
    return home.staged / contract / f"{period}.parquet"


def stage_rows(home: Home, contract: Contract, table: pa.Table, records: Sequence[FilingRecord]) -> None:
    """Add accepted filings of one contract to its staged files.

    Args:
        table: their rows, in the contract's staged schema.
        records: the filings, those without rows (nil returns) included.
    """
    by_period: dict[str, list[str]] = defaultdict(list)
    for record in records:
        by_period[str(record.period)].append(record.filing_id)
    is_one = len(by_period) == 1
    for period, filing_ids in by_period.items():
        rows = table if is_one else table.filter(pc.equal(table["period"], period))
        path = staged_path(home, contract.contract, period)
        # A damaged file is not added to, for then it would pass for whole: the next run makes it anew.
        held = held_filings(path, contract) if check_sum(path) != "differs" else set()
        if held:
            before = pq.read_table(path).replace_schema_metadata(None)
            kept = pc.invert(pc.is_in(before["filing_id"], pa.array(filing_ids, pa.string())))
            rows = pa.concat_tables([before.filter(kept), rows])
        _write(path, contract, rows, {*held, *filing_ids})


def _write(path: Path, contract: Contract, rows: pa.Table, filing_ids: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {_FILINGS_KEY: json.dumps(sorted(filing_ids)).encode(), _CONTRACT_KEY: _fingerprint(contract)}
    temporary = path.with_name(f".{path.name}.tmp")
    pq.write_table(rows.sort_by(_SORT).replace_schema_metadata(metadata), temporary, compression="zstd")
    put_in_place(temporary, path)


def _fingerprint(contract: Contract) -> bytes:
    """What the typed rows depend on: version and staged schema."""
    text = json.dumps([contract.version, contract.staged_schema()])
    return hashlib.sha256(text.encode()).hexdigest().encode()


def held_filings(path: Path, contract: Contract) -> set[str]:
    """Filings that a staged file holds; none if it is missing, broken, or typed by another version."""
    try:
        metadata = pq.read_schema(path).metadata or {}
    except (OSError, pa.ArrowException):
        return set()
    if metadata.get(_CONTRACT_KEY) != _fingerprint(contract):
        return set()
    return set(json.loads(metadata.get(_FILINGS_KEY, b"[]")))


def restage(home: Home, progress: Progress | None = None, *, everything: bool = False) -> int:
    """Bring the staged files in step with archive and ledger, damaged ones too; holds the home meanwhile.

    Args:
        progress: told each filing that is read again.
        everything: make all files anew, even those that agree.

    Returns:
        How many filings were read again; 0 where everything agreed.

    Raises:
        StagingError: an accepted file cannot be read by today's contract.
        ArchiveError: an archived file is missing or was changed.
        HomeBusyError: an intake is running.
    """
    with telling_machine_faults("整理暂存数据"), home.locked():
        if everything:
            shutil.rmtree(home.staged)
        return bring_in_step(home, progress, thorough=True)


def bring_in_step(home: Home, progress: Progress | None = None, *, thorough: bool = False) -> int:
    """:func:`restage` for a caller that holds the home already.

    Args:
        thorough: read every file through and compare it with its sum, which an intake has no time for.
    """
    contracts = load_contracts()
    with open_ledger(home.ledger) as ledger:
        wanted = ledger.places(ACCEPTED)
    _remove_strangers(home, wanted)
    if gone := {name for name, _ in wanted} - contracts.keys():
        raise StagingError(f"台账里有 {'、'.join(sorted(gone))} 的报表，合同文件却不在；请恢复 data_contracts 中的合同")
    stale = {
        place
        for place, filing_ids in wanted.items()
        if not _is_in_step(staged_path(home, *place), contracts[place[0]], filing_ids, thorough)
    }
    if not stale:
        return 0
    with open_ledger(home.ledger) as ledger:
        again = _by_place(ledger.records(ACCEPTED), stale)
    readers = header_readers(contracts)
    total, done = sum(map(len, again.values())), 0
    for (name, period), records in again.items():
        tables = []
        for start in range(0, len(records), _CHUNK):
            tables.append(_read_again(home, contracts[name], records[start : start + _CHUNK], readers))
            done += len(records[start : start + _CHUNK])
            if progress:
                progress("恢复已接收的数据", done, total)
        filing_ids = [record.filing_id for record in records]
        _write(staged_path(home, name, period), contracts[name], pa.concat_tables(tables), filing_ids)
    return total


def _is_in_step(path: Path, contract: Contract, filing_ids: Set[str], thorough: bool) -> bool:
    if held_filings(path, contract) != filing_ids:
        return False
    if not sum_path(path).exists():  # staged before there were sums, or by a run that crashed before its sum
        write_sum(path)
        return True
    return not thorough or check_sum(path) == "fits"


def _by_place(records: Iterable[FilingRecord], wanted: Set[Place]) -> dict[Place, list[FilingRecord]]:
    places: dict[Place, list[FilingRecord]] = defaultdict(list)
    for record in records:
        place = str(record.contract), str(record.period)
        if place in wanted:
            places[place].append(record)
    return places


def _remove_strangers(home: Home, wanted: Mapping[Place, object]) -> None:
    """Staged files that no accepted filing stands behind, and temporary files of a run that crashed."""
    for path in [*home.staged.glob("*/*.parquet"), *home.staged.glob("*/.*.tmp")]:
        if path.suffix != ".parquet" or (path.parent.name, path.stem) not in wanted:
            path.unlink()
    for path in home.staged.glob(f"*/{SUMS}/*"):
        if (path.parents[1].name, path.name.partition(".parquet")[0]) not in wanted:
            path.unlink()


def _read_again(
    home: Home, contract: Contract, records: Sequence[FilingRecord], readers: Mapping[str, HeaderReader]
) -> pa.Table:
    filings = []
    for record in records:
        try:
            read = read_file(read_archived(home, record.sha256), record.file_name, readers, record.sheet)
        except RefusalError as error:
            raise StagingError(_cannot_read(record, error.refusal.message)) from error
        filings.append(as_filing(record, read.raw))
    batch = parse_batch(contract, filings)
    if batch.faults:
        record = next(record for record in records if record.filing_id == batch.faults[0].filing_id)
        raise StagingError(_cannot_read(record, batch.faults[0].message))
    return batch.table


def as_filing(record: FilingRecord, raw: RawSheet) -> Filing:
    """The filing that a record of the ledger and its data sheet make."""
    return Filing(
        record.filing_id,
        record.file_name,
        str(record.division_code),
        str(record.period),
        record.received_at,
        record.is_nil,
        raw,
    )


def _cannot_read(record: FilingRecord, reason: str) -> str:
    return (
        f"已接收的文件 {record.file_name}（回执 {record.receipt_no}）现在读不出来：{reason} "
        "可能是报表合同改得与已收报表不合；恢复合同的原版本，或在合同中为旧表头加别名"
    )


def staged_schema(contract: Contract) -> pa.Schema:
    """Arrow schema of a contract's staged rows."""
    return pa.schema([(name, ARROW_TYPES[kind]) for name, kind in contract.staged_schema().items()])
