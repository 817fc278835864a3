"""A home as if 36 months of the whole region had been taken in: staged rows and ledger, straight from the simulation.

Made by `pipelines.simulation.staging_directly`: no workbook is written or read, for that takes many minutes and is not
what the benchmark of the build measures.
"""

import hashlib
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:

    from data_contracts.contract import Contract
    from pipelines.home import Home
    from pipelines.ledger import FilingRecord

SEED = 7


def make_home(first: str, last: str) -> "Home":
    """The home of the months `first` … `last`, made once and kept while contracts and simulation are the same."""
    from data_contracts.loading import ROOT
    from data_contracts.periods import month_range
    from pipelines import simulation
    from pipelines.home import Home
    from pipelines.simulation.staging_directly import stage_region

    sources = sorted([*ROOT.glob("*/*.yaml"), *Path(simulation.__file__).parent.glob("*.*"), Path(__file__)])
    recipe = b"".join(path.read_bytes() for path in sources) + f"{first} {last}".encode()
    folder = Path(tempfile.gettempdir()) / f"bench_build_{hashlib.sha256(recipe).hexdigest()[:12]}"
    if folder.exists():
        return Home(folder)
    unfinished = Home(Path(tempfile.mkdtemp(prefix="bench_build_")))
    unfinished.create()
    stage_region(unfinished, months=len(month_range(first, last)), until=last, seed=SEED)
    unfinished.root.rename(folder)
    return Home(folder)


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

    from pipelines.simulation.staging_directly import naming_columns
    from pipelines.staging import stage_rows, staged_path

    rows = pq.read_table(staged_path(home, contract.contract, period)).replace_schema_metadata(None)
    named = naming_columns(contract)
    copies = []
    for copy in range(times):
        made = rows
        for name in named:
            at = made.schema.get_field_index(name)
            made = made.set_column(at, name, pc.binary_join_element_wise(made[name], f"{copy:02d}", "-"))
        copies.append(made)
    stage_rows(larger, contract, pa.concat_tables(copies), records)
