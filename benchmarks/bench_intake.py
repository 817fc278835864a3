"""How fast filings are taken in, as ratios in one run: against the obvious way, and against the floor.

- The *obvious way*: for each file pandas.read_excel with openpyxl, then one Great Expectations validation of the same
  suite. It takes minutes for a thousand files, so it is measured on a sample and scaled.
- The *floor*: parse every file with calamine and write one Parquet file per contract; nothing is checked or kept.
- *Intake*: the whole of `pipelines.intake.intake` into an empty home: hash, guard, read, assign, parse, check,
  archive, ledger, stage, receipts.

All three run in one process after the imports, whose time is told apart. Run it with `make bench`.
"""

import hashlib
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FILES, ROWS, SAMPLE = 1_000, 50, 30
LEAST_AGAINST_OBVIOUS, MOST_AGAINST_FLOOR, MOST_MEMORY_MB = 20, 6, 1024
CONTRACT = "findings"


def main() -> int:
    """Measure, print the table, and give back 0 where all targets are met."""
    import_seconds, _ = timed(import_everything)
    from rich.console import Console
    from rich.table import Table

    folder = make_workbooks()
    paths = sorted(folder.glob("*.xlsx"))
    intake_seconds = min(measure_intake(paths) for _ in range(2))
    memory_mb = peak_memory_mb()  # before the others, for a peak never falls
    floor_seconds = min(measure_floor(paths) for _ in range(2))
    obvious_seconds = measure_obvious(paths[:: len(paths) // SAMPLE][:SAMPLE]) * len(paths) / SAMPLE
    against_obvious, against_floor = obvious_seconds / intake_seconds, intake_seconds / floor_seconds

    table = Table(
        "what", "seconds", "ms per file", "target", "measured", "met", title=f"intake of {FILES} × {ROWS} rows"
    )
    table.add_row("imports (once)", f"{import_seconds:.1f}", "", "", "", "")
    table.add_row(f"obvious way (sample of {SAMPLE}, scaled)", *per_file(obvious_seconds), "", "", "")
    table.add_row("floor", *per_file(floor_seconds), "", "", "")
    goals = [
        (f"≥ {LEAST_AGAINST_OBVIOUS} × obvious", f"{against_obvious:.0f} ×", against_obvious >= LEAST_AGAINST_OBVIOUS),
        (f"≤ {MOST_AGAINST_FLOOR} × floor", f"{against_floor:.1f} ×", against_floor <= MOST_AGAINST_FLOOR),
        (f"< {MOST_MEMORY_MB} MB", f"{memory_mb:.0f} MB", memory_mb < MOST_MEMORY_MB),
    ]
    for goal, measured, is_met in goals:
        table.add_row("intake", *per_file(intake_seconds), goal, measured, "yes" if is_met else "NO")
    Console().print(table)
    return 0 if all(is_met for *_, is_met in goals) else 1


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def per_file(seconds: float) -> tuple[str, str]:
    return f"{seconds:.2f}", f"{seconds / FILES * 1000:.2f}"


def import_everything() -> None:
    import great_expectations
    import openpyxl
    import pyarrow.parquet

    import pipelines.intake

    assert all((great_expectations, openpyxl, pyarrow.parquet, pipelines.intake))


def make_workbooks() -> Path:
    """A thousand filled-in templates, made once and kept in the temporary folder while the contract is the same."""
    from data_contracts.divisions import load_divisions, reporters
    from data_contracts.loading import ROOT, load_contracts
    from pipelines import templates

    contract = load_contracts()[CONTRACT]
    recipe = (ROOT / contract.path).read_bytes() + Path(templates.__file__).read_bytes() + Path(__file__).read_bytes()
    folder = Path(tempfile.gettempdir()) / f"bench_intake_{hashlib.sha256(recipe).hexdigest()[:12]}"
    if folder.exists():
        return folder
    unfinished = Path(tempfile.mkdtemp(prefix="bench_intake_"))
    filers = reporters(load_divisions())[["division_code", "name"]].values.tolist()
    places = [(code, name, f"2025-{month:02d}") for month in range(1, 13) for code, name in filers][:FILES]
    for seed, (code, name, period) in enumerate(places):
        path = unfinished / f"{CONTRACT}_{code}_{period}.xlsx"
        templates.write_template(path, contract, code, name, period, rows=draw_rows(code, period, seed))
    unfinished.rename(folder)
    return folder


def draw_rows(code: str, period: str, seed: int) -> list[dict[str, Any]]:
    """Rows that pass every check, so that intake does all its steps."""
    draw = random.Random(seed)
    rows = []
    for number in range(ROWS):
        organisation = f"{code}{draw.randrange(40):04d}"
        found = date(int(period[:4]), int(period[5:]), 1 + draw.randrange(20))
        ordered = found + timedelta(days=draw.randrange(1, 5))
        is_mended = draw.random() < 0.3
        rows.append(
            {
                "finding_code": f"WT-{organisation}-{number:04d}",
                "inspection_code": f"JC-{code}-{draw.randrange(5):04d}",
                "inspection_kind": "routine",
                "organisation_code": f"JG{organisation}",
                "found_on": found,
                "item": f"item_{draw.randrange(1, 8)}",
                "severity": "minor",
                "ordered_on": ordered,
                "due_on": ordered + timedelta(days=30),
                "rectified_on": ordered + timedelta(days=3) if is_mended else None,
                "is_leak_confirmed": False,
            }
        )
    return rows


def measure_obvious(paths: Sequence[Path]) -> float:
    """Seconds for the sample: read with openpyxl, bring the columns to their kinds, validate each file by itself."""
    import great_expectations as gx
    import pandas as pd
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    from data_contracts.helper_columns import add_helper_columns
    from data_contracts.loading import load_contracts
    from data_contracts.periods import period_end, period_start

    contract = load_contracts()[CONTRACT]
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    suite = gx.ExpectationSuite(CONTRACT)
    for check in contract.checks:
        configuration = ExpectationConfiguration(**check.expectation, meta={"check_id": check.check_id})
        suite.add_expectation(configuration.to_domain_obj())
    asset = context.data_sources.add_pandas("obvious").add_dataframe_asset(CONTRACT)
    definition = asset.add_batch_definition_whole_dataframe(CONTRACT)

    def take(path: Path) -> None:
        frame = pd.read_excel(path, engine="openpyxl", header=5).rename(
            columns={c.header: c.name for c in contract.columns}
        )
        period = path.stem.rpartition("_")[2]
        dates = {
            column.name: pd.to_datetime(frame[column.name]) for column in contract.columns if column.kind == "date"
        }
        flags = {c.name: frame[c.name].map({"是": True, "否": False}) for c in contract.columns if c.kind == "boolean"}
        texts = {c.name: frame[c.name].astype("str") for c in contract.columns if c.kind in ("string", "code")}
        bounds = {
            "_period_start_on": pd.Timestamp(period_start(period)),
            "_period_end_on": pd.Timestamp(period_end(period)),
        }
        known = {f"{c.name}__is_known": True for c in contract.columns if c.reference}
        frame = frame.assign(
            filing_id=path.stem, division_code=path.stem[9:15], **dates, **flags, **texts, **bounds, **known
        )
        frame = add_helper_columns(frame, contract)
        batch = definition.get_batch(batch_parameters={"dataframe": frame})
        batch.validate(suite, result_format={"result_format": "COMPLETE"})

    take(paths[0])  # what is only made once is not held against it
    return timed(lambda: [take(path) for path in paths])[0]


def measure_floor(paths: Sequence[Path]) -> float:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from python_calamine import CalamineWorkbook

    def take() -> None:
        rows: list[list[Any]] = []
        for path in paths:
            rows += CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[6:]
        columns = {str(place): [cell or None for cell in cells] for place, cells in enumerate(zip(*rows, strict=True))}
        with tempfile.TemporaryDirectory() as folder:
            pq.write_table(pa.table(columns), Path(folder) / "floor.parquet")

    return timed(take)[0]


def measure_intake(paths: Sequence[Path]) -> float:
    from pipelines.home import Home
    from pipelines.intake import intake

    root = Path(tempfile.mkdtemp(prefix="bench_home_"))
    try:
        seconds, result = timed(lambda: intake(Home(root), [paths[0].parent]))
    finally:
        shutil.rmtree(root)
    assert result.counts == {"accepted": len(paths)}, result.counts
    return float(seconds)


def peak_memory_mb() -> float:
    """Peak of this process in MB; Linux counts in KB.

    The reading processes stay near 25 MB each. RUSAGE_CHILDREN would not show it: it counts what a child held before
    it became another program, which is what its parent held.
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    raise SystemExit(main())
