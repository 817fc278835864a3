"""A home as if 36 months of the whole region had been taken in: staged rows and ledger, straight from the simulation.

No workbook is written or read, for that takes many minutes and is not what the benchmark of the build measures. Nine
filings of ten come on time, the others late or never; a staged file and a ledger look just as intake leaves them.
"""

import hashlib
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from data_contracts.contract import Contract
    from pipelines.home import Home
    from pipelines.ledger import FilingRecord

SEED, WORKERS = 7, 2
LATE, MISSING = 0.06, 0.04
Filed = list[tuple[str, str, datetime, list[dict[str, Any]]]]  # contract, period, received at, rows


def make_home(first: str, last: str) -> "Home":
    """The home of the months `first` … `last`, made once and kept while contracts and simulation are the same."""
    from data_contracts.divisions import load_divisions, reporters
    from data_contracts.loading import ROOT
    from pipelines import simulation
    from pipelines.home import Home

    sources = sorted([*ROOT.glob("*/*.yaml"), *Path(simulation.__file__).parent.glob("*.*"), Path(__file__)])
    recipe = b"".join(path.read_bytes() for path in sources) + f"{first} {last}".encode()
    folder = Path(tempfile.gettempdir()) / f"bench_build_{hashlib.sha256(recipe).hexdigest()[:12]}"
    if folder.exists():
        return Home(folder)
    unfinished = Home(Path(tempfile.mkdtemp(prefix="bench_build_")))
    unfinished.create()
    codes = reporters(load_divisions())["division_code"].tolist()
    with ProcessPoolExecutor(WORKERS) as pool:
        drawn = pool.map(_draw_reporter, codes, [first] * len(codes), [last] * len(codes))
        filed = dict(zip(codes, drawn, strict=True))
    _keep(unfinished, filed)
    unfinished.root.rename(folder)
    return Home(folder)


def _draw_reporter(code: str, first: str, last: str) -> Filed:
    """All filings of one reporter in the order of their periods."""
    from data_contracts.loading import load_contracts
    from data_contracts.periods import period_end, period_start
    from pipelines.simulation.filing import due_filings
    from pipelines.simulation.simulating import choose_reporters
    from pipelines.simulation.supervision import found_supervision

    (reporter,) = choose_reporters([code])
    supervision = found_supervision(reporter, first, last, np.random.SeedSequence([SEED, int(code)]))
    dice = np.random.default_rng([SEED, int(code)])
    covered: dict[str, date] = defaultdict(lambda: period_start(first) - timedelta(days=1))
    known = {one.code for one in supervision.world.standing}
    filed: Filed = []
    for contract, period in due_filings(load_contracts(), first, last):
        rows = supervision.rows(contract.contract, period, covered[contract.contract], known, dice)
        fate = dice.random()
        if fate < MISSING or (not rows and not contract.allows_nil):
            continue
        filed.append((contract.contract, period, _arrival(contract, period, fate < MISSING + LATE), rows))
        covered[contract.contract] = period_end(period)
        if contract.contract == "organisations":
            known = {str(row["organisation_code"]) for row in rows}
    return filed


def _arrival(contract: "Contract", period: str, is_late: bool) -> datetime:
    from data_contracts.calendar import due_on

    return datetime.combine(due_on(contract, period) + timedelta(days=3 if is_late else -1), time(10))


def _keep(home: "Home", filed: dict[str, Filed]) -> None:
    """Stage every row and enter every filing in the ledger."""
    from data_contracts.loading import load_contracts
    from pipelines.events import Event
    from pipelines.ledger import open_ledger
    from pipelines.staging import stage_rows, staged_schema

    contracts = load_contracts()
    records: list[FilingRecord] = []
    staged: dict[tuple[str, str], tuple[list[FilingRecord], list[dict[str, Any]]]] = defaultdict(lambda: ([], []))
    for code, filings in filed.items():
        for name, period, received_at, rows in filings:
            record = _record(contracts[name], code, period, received_at, len(rows), len(records))
            records.append(record)
            of_place = staged[name, period]
            of_place[0].append(record)
            of_place[1].extend(_staged_rows(record, rows))
    for (name, _), (of_filings, rows) in staged.items():
        stage_rows(home, contracts[name], _table(rows, staged_schema(contracts[name])), of_filings)
    events = [Event(at=record.received_at, kind="filed", filing_id=record.filing_id, contract=record.contract,
                    division_code=record.division_code, period=record.period) for record in records]
    with open_ledger(home.ledger) as ledger:
        ledger.add(records, events=events)


def _record(contract: "Contract", code: str, period: str, received_at: datetime, row_count: int,
            number: int) -> "FilingRecord":
    from pipelines.ledger import FilingRecord, receipt_number

    digest = hashlib.sha256(f"{contract.contract} {code} {period}".encode()).hexdigest()
    return FilingRecord(
        filing_id=digest[:16], receipt_no=receipt_number(received_at.year, number + 1), sha256=digest,
        file_name=f"{contract.contract}_{code}_{period}.xlsx", contract=contract.contract,
        contract_version=contract.version, division_code=code, period=period, received_at=received_at,
        status="accepted", attempt=1, is_nil=row_count == 0, row_count=row_count, query_count=0, explained_count=0,
        sheet=contract.sheet, is_simulated=True,
    )


def _staged_rows(record: "FilingRecord", rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(rows, start=7):
        yield {**row, "filing_id": record.filing_id, "division_code": record.division_code, "period": record.period,
               "file_name": record.file_name, "sheet": record.sheet, "row": number, "received_at": record.received_at}


def _table(rows: list[dict[str, Any]], schema: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    arrays = []
    for field in schema:
        values = [row.get(field.name) for row in rows]
        if pa.types.is_string(field.type):
            values = [None if value is None else str(value) for value in values]
        arrays.append(pa.array(values, field.type))
    return pa.table(arrays, schema=schema)


def multiply(home: "Home", times: int) -> "Home":
    """A home with every row `times` over, the keys of each copy its own; the ledger is the same."""
    from data_contracts.loading import load_contracts
    from pipelines.home import Home
    from pipelines.ledger import ACCEPTED, open_ledger

    larger = Home(Path(tempfile.mkdtemp(prefix="bench_build_larger_")))
    larger.create()
    with open_ledger(home.ledger) as ledger:
        places: dict[tuple[str, str], list[FilingRecord]] = defaultdict(list)
        for record in ledger.records(ACCEPTED):
            places[str(record.contract), str(record.period)].append(record)
    shutil.copy(home.ledger, larger.ledger)
    for (name, period), records in places.items():
        _multiply_place(home, larger, load_contracts()[name], period, records, times)
    return larger


def _multiply_place(home: "Home", larger: "Home", contract: "Contract", period: str, records: "list[FilingRecord]",
                    times: int) -> None:
    """The rows of one staged file `times` over: texts that name something get the number of their copy."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from pipelines.staging import stage_rows, staged_path

    rows = pq.read_table(staged_path(home, contract.contract, period)).replace_schema_metadata(None)
    named = [column.name for column in contract.columns
             if column.kind == "string" and (column.is_key or column.name.endswith("_code"))]
    copies = []
    for copy in range(times):
        made = rows
        for name in named:
            at = made.schema.get_field_index(name)
            made = made.set_column(at, name, pc.binary_join_element_wise(made[name], f"{copy:02d}", "-"))
        copies.append(made)
    stage_rows(larger, contract, pa.concat_tables(copies), records)
