"""How long a clerk at the counter waits: from a complete workbook in the inbox of a running `watch` to its receipt.

One filing of each monthly and quarterly contract of one reporter, each handed in when
the receipt of the one before has come.
"""

import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

REPORTER, PERIODS = "652901", {"month": "2026-09", "quarter": "2026Q3"}
MOST_SECONDS = 2.0


def main() -> bool:
    """Measure, print the table; whether every receipt came in time."""
    with tempfile.TemporaryDirectory(prefix="bench_watch_") as folder:
        seconds = measure(Path(folder))
    ordered = sorted(seconds.values())
    table = Table(title=f"a workbook handed to the running watch: {len(ordered)} contracts, one after another")
    for title in ("receipt after", "seconds", "target", "met"):
        table.add_column(title)
    slowest = max(seconds, key=lambda name: seconds[name])
    table.add_row("first", f"{next(iter(seconds.values())):.2f}", "", "")
    table.add_row("median", f"{ordered[len(ordered) // 2]:.2f}", "", "")
    table.add_row(f"slowest ({slowest})", f"{ordered[-1]:.2f}", f"≤ {MOST_SECONDS:.0f} s", _word(ordered[-1]))
    Console().print(table)
    return ordered[-1] <= MOST_SECONDS


def measure(folder: Path) -> dict[str, float]:
    """Seconds to the receipt of each contract's workbook, in the order in which they were handed in."""
    from data_contracts.loading import load_contracts

    inbox = folder / "inbox"
    inbox.mkdir()
    command = [sys.executable, "cli.py", "watch", str(inbox), "--home", str(folder / "home"), "--json"]
    desk = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert desk.stdout is not None
    assert desk.stderr is not None
    seconds = {}
    try:
        desk.stderr.readline()  # it says when it is ready
        for name, contract in load_contracts().items():
            if contract.frequency in PERIODS:
                workbook = _write(folder, name)
                start = time.perf_counter()
                workbook.replace(inbox / workbook.name)
                told = json.loads(desk.stdout.readline())
                seconds[name] = time.perf_counter() - start
                assert told["receipt_no"], told
    finally:
        desk.kill()
        desk.communicate()
    return seconds


def _write(folder: Path, name: str) -> Path:
    """A filing of the simulated reporter."""
    import numpy as np

    from data_contracts.loading import load_contracts
    from pipelines.simulation.simulating import choose_reporters
    from pipelines.simulation.supervision import found_supervision
    from pipelines.templates import write_template

    contract = load_contracts()[name]
    period = PERIODS[contract.frequency]
    (reporter,) = choose_reporters([REPORTER])
    supervision = found_supervision(reporter, "2026-04", "2026-09", np.random.SeedSequence([7, int(REPORTER)]))
    known = {one.code for one in supervision.organisations if one.exists_on(date(2026, 9, 30))}
    rows = supervision.rows(name, period, date(2026, 8, 31), known, np.random.default_rng(7))
    path = folder / f"{name}_{REPORTER}_{period}.xlsx"
    write_template(path, contract, REPORTER, reporter.name, period, rows=rows, is_nil=not rows, is_simulated=True)
    return path


def _word(seconds: float) -> str:
    return "yes" if seconds <= MOST_SECONDS else "no"


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
