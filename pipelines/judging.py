"""Judge what was read: check each contract's filings as one batch, and say what becomes of each file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract
from data_contracts.helper_columns import history_helpers
from pipelines.arrivals import Arrival
from pipelines.assignment import Assignment
from pipelines.batches import Batch, Filing, parse_batch
from pipelines.checking import check_looking_back, check_standing, checked_frame
from pipelines.faults import Fault, Refusal
from pipelines.ledger import ACCEPTED, FilingRecord, Ledger, Status, receipt_number
from pipelines.reading import RawSheet
from pipelines.records import Records


@dataclass(slots=True)
class Item:
    """One file on its way through an intake, or one more sheet of it; fields fill up as it goes.

    `part` counts the sheets of a file that are filings of their own, from 1; the first one's `others` are the rest.

    `known` is its newest record where it came before, which may have been withdrawn since; `twin` is the same
    file earlier in this chunk. `record` is what the ledger says of it in the end; None only where it could not be read
    from disk.
    """

    arrival: Arrival
    part: int = 1
    data: bytes = b""
    sha256: str = ""
    known: FilingRecord | None = None
    is_withdrawn: bool = False
    twin: "Item | None" = None
    raw: RawSheet | None = None
    assignment: Assignment | None = None
    refusal: Refusal | None = None
    filing_id: str = ""
    faults: list[Fault] = field(default_factory=list)
    record: FilingRecord | None = None
    is_repeat: bool = False
    known_parts: Mapping[int, FilingRecord] = field(default_factory=dict)
    others: list["Item"] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        """Whether nothing more need be read: refused already, a twin, or accepted before and still standing."""
        return bool(self.refusal or self.twin or (self.stands and all(other.stands for other in self.others)))

    def add_part(self, part: int) -> "Item":
        """One more filing of the same file, on a sheet of its own."""
        other = Item(self.arrival, part, sha256=self.sha256, known=self.known_parts.get(part))
        other.filing_id = _next_id(self.sha256, part, other.known)
        self.others.append(other)
        return other

    @property
    def stands(self) -> bool:
        """Whether it was accepted before and was not withdrawn since."""
        return self.known is not None and self.known.status in ACCEPTED and not self.is_withdrawn

    @property
    def goes_back(self) -> bool:
        """Whether a mandatory check failed or a query is unexplained."""
        return any(fault.strength == "mandatory" or not fault.is_explained for fault in self.faults)

    @property
    def status(self) -> Status:
        """What becomes of it, once it is read and checked."""
        if self.refusal:
            return "refused"
        if self.goes_back:
            return "returned"
        return "accepted_with_queries" if self.faults else "accepted"

    @property
    def is_as_before(self) -> bool:
        """Whether the judgement is the one it had when it came before; then its receipt stands."""
        if self.known is None or self.is_withdrawn:
            return False
        code = self.refusal.code if self.refusal else None
        return self.stands or (self.known.status, self.known.refusal_code) == (self.status, code)

    def as_filing(self) -> Filing | None:
        """What the checks look at; None for a file that is refused or need not be read."""
        if self.raw is None or self.assignment is None or self.refusal:
            return None
        division, period = str(self.assignment.division_code), str(self.assignment.period)
        arrival = self.arrival
        return Filing(
            self.filing_id, arrival.file_name, division, period, arrival.received_at, self.assignment.is_nil, self.raw
        )


def judge(items: Sequence[Item], contracts: Iterable[Contract], records: Records) -> list[tuple[Contract, pa.Table]]:
    """Fill in the faults of every item: contract by contract, each after those it looks at.

    Within a contract, checks that look back go period by period, so that a filing meets the earlier ones that were
    accepted before it came, however many came together. All other checks are run once over all filings.

    Returns:
        The accepted rows of each contract that was filed, in its staged schema.
    """
    tables = []
    for contract in contracts:
        mine = {item.filing_id: item for item in items if item.assignment and item.assignment.contract is contract}
        filings = [filing for item in mine.values() if (filing := item.as_filing())]
        if filings:
            tables.append((contract, _judge_contract(contract, mine, filings, records)))
    return tables


def _judge_contract(
    contract: Contract, items: Mapping[str, Item], filings: Sequence[Filing], records: Records
) -> pa.Table:
    """Judge filings of one contract; the rows of those accepted, which the records learn as they go."""
    batch = parse_batch(contract, filings)
    frame = checked_frame(batch, records)
    for fault in (*batch.faults, *check_standing(batch, frame)):
        items[fault.filing_id].faults.append(fault)
    accepted = []
    for wave in _waves(contract, filings):
        if contract_looks_back(contract):
            of_wave = frame[frame["filing_id"].isin({filing.filing_id for filing in wave})]
            for fault in check_looking_back(batch, of_wave, records):
                items[fault.filing_id].faults.append(fault)
        accepted.append(_learn(batch, [filing for filing in wave if not items[filing.filing_id].goes_back], records))
    return pa.concat_tables(accepted)


def contract_looks_back(contract: Contract) -> bool:
    """Whether some check of a contract looks at earlier filings of it."""
    return bool(history_helpers(contract))


def _waves(contract: Contract, filings: Sequence[Filing]) -> Iterator[Sequence[Filing]]:
    """Filings that can be judged together, earlier periods first where history matters."""
    if not contract_looks_back(contract):
        yield filings
        return
    for period in sorted({filing.period for filing in filings}):
        yield [filing for filing in filings if filing.period == period]


def _learn(batch: Batch, accepted: Sequence[Filing], records: Records) -> pa.Table:
    """Hand accepted filings to the records; gives their rows."""
    rows = batch.table.filter(
        pc.is_in(batch.table["filing_id"], pa.array([one.filing_id for one in accepted], pa.string()))
    )
    columns = ("filing_id", "division_code", "period", "received_at")
    frame = pd.DataFrame({name: [getattr(filing, name) for filing in accepted] for name in columns})
    records.add(batch.contract, frame, rows)
    return rows


class Registrar:
    """Gives receipt numbers and counts attempts, going on where the ledger stopped."""

    def __init__(self, ledger: Ledger) -> None:
        self._numbers = ledger.last_numbers()
        self._attempts = ledger.attempts()

    def enter(self, items: Iterable[Item]) -> None:
        """Give each item its record, in the order given: a new one, or the one it had."""
        for item in items:
            if not item.sha256 or item.twin:
                continue
            if item.is_as_before:
                item.record, item.is_repeat = item.known, True
            else:
                item.record = self._record(item)

    def _record(self, item: Item) -> FilingRecord:
        year = item.arrival.received_at.year
        self._numbers[year] = self._numbers.get(year, 0) + 1
        record = FilingRecord(
            filing_id=item.filing_id,
            receipt_no=receipt_number(year, self._numbers[year]),
            sha256=item.sha256,
            file_name=item.arrival.file_name,
            received_at=item.arrival.received_at,
            status=item.status,
        )
        if item.refusal:
            record = replace(record, refusal_code=item.refusal.code, refusal_message=item.refusal.message)
        if item.assignment:
            record = _with_assignment(record, item.assignment)
        return record if item.refusal else self._with_contents(record, item)

    def _with_contents(self, record: FilingRecord, item: Item) -> FilingRecord:
        assert item.raw is not None  # only a refused file has none
        place = (str(record.contract), str(record.division_code), str(record.period))
        self._attempts[place] = self._attempts.get(place, 0) + 1
        queries = [fault for fault in item.faults if fault.strength == "query"]
        return replace(
            record,
            attempt=self._attempts[place],
            row_count=len(item.raw.rows),
            query_count=len(queries),
            explained_count=sum(fault.is_explained for fault in queries),
            sheet=item.raw.sheet,
        )


def _with_assignment(record: FilingRecord, assignment: Assignment) -> FilingRecord:
    return replace(
        record,
        contract=assignment.contract.contract,
        contract_version=assignment.version,
        division_code=assignment.division_code,
        period=assignment.period,
        is_simulated=assignment.is_simulated,
        is_nil=assignment.is_nil,
    )


def apart_by_filer(items: Iterable[Item]) -> list[list[Item]]:
    """The items in rounds: the same file by accounts of two divisions is judged for each by itself."""
    rounds: list[list[Item]] = []
    filers: dict[str, list[str | None]] = {}
    for item in items:
        seen = filers.setdefault(item.sha256, [])
        if item.arrival.filer not in seen:
            seen.append(item.arrival.filer)
        number = seen.index(item.arrival.filer) if item.sha256 else 0
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(item)
    return rounds


def recognise(ledger: Ledger, items: Iterable[Item]) -> None:
    """Find files that came before, in an earlier run or earlier in this chunk, and give each its filing id."""
    hashed = [item for item in items if item.sha256]
    known = ledger.newest_by_part([item.sha256 for item in hashed])
    withdrawn = ledger.withdrawn_ids()
    first: dict[str, Item] = {}
    for item in hashed:
        item.known_parts = known.get(item.sha256, {})
        item.known = item.known_parts.get(1)
        item.twin = first.get(item.sha256)
        first.setdefault(item.sha256, item)
        item.filing_id = _next_id(item.sha256, 1, item.known)
        for part in sorted(item.known_parts.keys() - {1}):
            item.add_part(part)
        for one in (item, *item.others):
            one.is_withdrawn = one.known is not None and one.known.filing_id in withdrawn


def spread(items: Iterable[Item]) -> Iterator[Item]:
    """Every filing: of each file the first, then those on its other sheets; twins get what their first one has."""
    for item in items:
        yield item
        if item.twin is None:
            yield from item.others
        else:
            for other in item.twin.others:
                yield Item(item.arrival, other.part, sha256=item.sha256, twin=other, filing_id=other.filing_id)


def _next_id(sha256: str, part: int, known: FilingRecord | None) -> str:
    """First 16 hex digits of the hash, the sheet's place among the filings of the file from the second on, and a count
    where the same file is judged again: `0123456789abcdef.2-3`."""
    stem = sha256[:16] if part == 1 else f"{sha256[:16]}.{part}"
    if known is None:
        return stem
    count = int(known.filing_id.partition("-")[2] or 1)
    return f"{stem}-{count + 1}"
