"""What the benchmarks of intake share: the obvious way, the floor, intake itself, and the table they end in.

- The *obvious way*: for each file pandas.read_excel with openpyxl, then one Great Expectations validation of the same
  suite. It takes minutes for a thousand files, so it is measured on a sample of each contract and scaled.
- The *floor*: parse every file with calamine and write one Parquet file per contract; nothing is checked or kept.
- *Intake*: the whole of `pipelines.intake.intake` into an empty home: hash, guard, read, assign, parse, check,
  archive, ledger, stage, receipts.

All three run in one process after the imports, whose time is told apart. Files are called
`<contract>_<division>_<period>`.
"""

import resource
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

Places = dict[str, list[Path]]  # contract → its workbooks


@dataclass(frozen=True)
class Targets:
    """What a benchmark of intake has to reach."""

    least_against_obvious: float
    most_against_floor: float
    most_memory_mb: float


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def import_everything() -> None:
    import great_expectations
    import openpyxl
    import pyarrow.parquet

    import pipelines.intake

    assert all((great_expectations, openpyxl, pyarrow.parquet, pipelines.intake))


def by_contract(paths: Sequence[Path]) -> Places:
    places: Places = defaultdict(list)
    for path in paths:
        places[path.stem.rsplit("_", 2)[0]].append(path)
    return places


def measure_and_show(folder: Path, title: str, sample: int, targets: Targets) -> bool:
    """Measure one folder of workbooks, print the table; whether all targets are met."""
    import_seconds, _ = timed(import_everything)
    from rich.console import Console
    from rich.table import Table

    paths = sorted(folder.glob("*.xlsx"))
    intake_seconds = min(measure_intake(paths) for _ in range(2))
    memory_mb = peak_memory_mb()  # before the others, for a peak never falls
    floor_seconds = min(measure_floor(paths) for _ in range(2))
    obvious_seconds = measure_obvious(by_contract(paths), sample)
    against_obvious, against_floor = obvious_seconds / intake_seconds, intake_seconds / floor_seconds

    def cells(seconds: float) -> tuple[str, str]:
        return f"{seconds:.2f}", f"{seconds / len(paths) * 1000:.2f}"

    table = Table("what", "seconds", "ms per file", "target", "measured", "met", title=title)
    table.add_row("imports (once)", f"{import_seconds:.1f}", "", "", "", "")
    table.add_row(f"obvious way (sample of {sample} of each contract, scaled)", *cells(obvious_seconds), "", "", "")
    table.add_row("floor", *cells(floor_seconds), "", "", "")
    goals = [
        (targets.least_against_obvious, "≥ {:.0f} × obvious", f"{against_obvious:.0f} ×", against_obvious, 1),
        (targets.most_against_floor, "≤ {:.0f} × floor", f"{against_floor:.1f} ×", against_floor, -1),
        (targets.most_memory_mb, "< {:.0f} MB", f"{memory_mb:.0f} MB", memory_mb, -1),
    ]
    are_met = [sign * measured >= sign * goal for goal, _, _, measured, sign in goals]
    for (goal, words, shown, _, _), is_met in zip(goals, are_met, strict=True):
        table.add_row("intake", *cells(intake_seconds), words.format(goal), shown, "yes" if is_met else "NO")
    Console().print(table)
    return all(are_met)


def measure_intake(paths: Sequence[Path]) -> float:
    from pipelines.home import Home
    from pipelines.intake import intake

    root = Path(tempfile.mkdtemp(prefix="bench_home_"))
    try:
        seconds, result = timed(lambda: intake(Home(root), [paths[0].parent]))
    finally:
        shutil.rmtree(root)
    taken = sum(result.counts.get(status, 0) for status in ("accepted", "accepted_with_queries"))
    assert taken == len(paths), result.counts
    return float(seconds)


def measure_floor(paths: Sequence[Path]) -> float:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from python_calamine import CalamineWorkbook

    def take() -> None:
        with tempfile.TemporaryDirectory() as folder:
            for contract, files in by_contract(paths).items():
                rows: list[list[Any]] = []
                for path in files:
                    rows += CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[6:]
                columns = {
                    str(place): [None if cell == "" else str(cell) for cell in cells]
                    for place, cells in enumerate(zip(*rows, strict=True))
                }
                pq.write_table(pa.table(columns), Path(folder) / f"{contract}.parquet")

    return timed(take)[0]


def measure_obvious(places: Places, sample: int) -> float:
    """Seconds for all files, from a sample of each contract."""
    seconds = 0.0
    for contract, paths in places.items():
        chosen = paths[:: max(1, len(paths) // sample)][:sample]
        take = _obvious_way(contract)
        take(chosen[0])  # what is only made once is not held against it
        seconds += timed(lambda take=take, chosen=chosen: [take(path) for path in chosen])[0] * len(paths) / len(chosen)
    return seconds


def _obvious_way(name: str) -> Callable[[Path], None]:
    """Read with openpyxl, bring the columns to their kinds, validate the file by itself."""
    import great_expectations as gx
    import pandas as pd
    import pyarrow as pa
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    from data_contracts.helper_columns import add_helper_columns
    from data_contracts.loading import load_contracts
    from data_contracts.periods import period_end, period_start
    from pipelines.batches import Batch, Filing
    from pipelines.home import Home
    from pipelines.records import Records

    contract = load_contracts()[name]
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    suite = gx.ExpectationSuite(name)
    for check in contract.checks:
        configuration = ExpectationConfiguration(**check.expectation, meta={"check_id": check.check_id})
        suite.add_expectation(configuration.to_domain_obj())
    asset = context.data_sources.add_or_update_pandas(f"obvious {name}").add_dataframe_asset(name)
    definition = asset.add_batch_definition_whole_dataframe(name)
    records = Records(Home(Path("none")), load_contracts())  # nothing is on file: what looks there finds nothing
    kinds = {"integer": "Int64", "decimal": "Float64", "boolean": "boolean"}

    def take(path: Path) -> None:
        frame = pd.read_excel(path, engine="openpyxl", header=5).rename(
            columns={c.header: c.name for c in contract.columns}
        )
        division, period = path.stem.rsplit("_", 2)[1:]
        for column in contract.columns:
            values = frame[column.name]
            if column.kind in ("date", "datetime"):
                frame[column.name] = pd.to_datetime(values)
            elif column.kind == "boolean":
                frame[column.name] = values.map({"是": True, "否": False}).astype("boolean")
            elif column.kind == "code":
                frame[column.name] = values.map({code.title: code.code for code in column.codes}).astype("str")
            else:
                frame[column.name] = values.astype(kinds.get(column.kind, "str"))  # type: ignore[arg-type]
            if column.has_dated_codes:
                frame[f"{column.name}__is_valid"] = True
        frame = frame.assign(
            filing_id=path.stem,
            division_code=division,
            period=period,
            row=range(len(frame)),
            _period_start_on=pd.Timestamp(period_start(period)),
            _period_end_on=pd.Timestamp(period_end(period)),
        )
        filing = Filing(path.stem, path.name, division, period, datetime.now(), False, None)  # type: ignore[arg-type]
        batch = Batch(contract, [filing], pa.table({}), None, None, {})  # type: ignore[arg-type]
        frame = records.describe_history(batch, records.describe_others(batch, frame))
        frame = add_helper_columns(frame, contract)
        definition.get_batch(batch_parameters={"dataframe": frame}).validate(
            suite, result_format={"result_format": "COMPLETE"}
        )

    return take


def peak_memory_mb() -> float:
    """Peak of this process in MB; Linux counts in KB.

    The reading processes stay near 25 MB each. RUSAGE_CHILDREN would not show it: it counts what a child held before
    it became another program, which is what its parent held.
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
