"""A quarter-end month of the whole region: 125 reporters, every monthly and quarterly contract, 2,500 workbooks.

The rows are those of the simulated region with `SCALE` times its organisations, so that the month has about 150,000
rows, each with an explanation: so many rows meet queries that nobody expects. See `benchmarks.measuring`.
"""

import hashlib
import tempfile
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.measuring import Targets, measure_and_show

SAMPLE, SEED = 2, 7
SCALE, EXPLANATION = 6, "已经核对，情况属实"
FIRST, LAST, SINCE = "2026-04", "2026-09", date(2026, 8, 31)
PERIODS = {"month": "2026-09", "quarter": "2026Q3"}
TARGETS = Targets(least_against_obvious=40, most_against_floor=5, most_memory_mb=1536)


# Beside the workbooks, under a name that no intake takes for a filing.
COUNTS = ".rows"


def main() -> bool:
    """Measure, print the table; whether all targets are met."""
    folder = make_workbooks()
    rows = sum(int(line) for line in (folder / COUNTS).read_text(encoding="utf-8").split())
    files = len(list(folder.glob("*.xlsx")))
    return measure_and_show(folder, f"a quarter-end month: {files:,} workbooks, {rows:,} rows", SAMPLE, TARGETS)


def make_workbooks() -> Path:
    """The month's workbooks, made once and kept in the temporary folder while contracts and simulation are the same."""
    from data_contracts.divisions import load_divisions, reporters
    from data_contracts.loading import ROOT
    from pipelines import simulation, templates

    sources = sorted([*ROOT.glob("*/*.yaml"), *Path(simulation.__file__).parent.glob("*.*"), Path(templates.__file__)])
    recipe = b"".join(path.read_bytes() for path in (*sources, Path(__file__)))
    folder = Path(tempfile.gettempdir()) / f"bench_month_{hashlib.sha256(recipe).hexdigest()[:12]}"
    if folder.exists():
        return folder
    unfinished = Path(tempfile.mkdtemp(prefix="bench_month_"))
    codes = reporters(load_divisions())["division_code"].tolist()
    with ProcessPoolExecutor() as pool:
        counts = pool.map(_write_reporter, codes, [unfinished] * len(codes), chunksize=4)
        (unfinished / COUNTS).write_text("\n".join(map(str, counts)), encoding="utf-8")
    unfinished.rename(folder)
    return folder


def _write_reporter(code: str, folder: Path) -> int:
    """All filings of one reporter; how many rows."""
    from data_contracts.loading import load_contracts
    from pipelines.simulation.simulating import choose_reporters
    from pipelines.simulation.supervision import found_supervision
    from pipelines.templates import write_template

    (reporter,) = choose_reporters([code], SCALE)
    supervision = found_supervision(reporter, FIRST, LAST, np.random.SeedSequence([SEED, int(code)]))
    known = {one.code for one in supervision.organisations if one.exists_on(date(2026, 9, 30))}
    count = 0
    for name, contract in load_contracts().items():
        if contract.frequency not in PERIODS:
            continue
        period = PERIODS[contract.frequency]
        rows = supervision.rows(name, period, SINCE, known, np.random.default_rng(SEED))
        rows = [{**row, "explanation": row["explanation"] or EXPLANATION} for row in rows]
        path = folder / f"{name}_{code}_{period}.xlsx"
        write_template(path, contract, code, reporter.name, period, rows=rows, is_nil=not rows, is_simulated=True)
        count += len(rows)
    return count


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
