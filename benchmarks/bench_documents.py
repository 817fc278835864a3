"""Briefings: the region in all three formats, and the fourteen prefectures, as the commands take it on a whole region.

The home has 24 months straight from the simulation (`benchmarks.build_home`), is built and published once, and kept.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks.build_home import make_home

if TYPE_CHECKING:
    from pipelines.home import Home

ROOT = Path(__file__).parents[1]
FIRST, LAST = "2024-10", "2026-09"
MOST_SECONDS = {"the region": 10.0, "the 14 prefectures": 40.0}
AREAS = {"the region": ("--scope", "650000"), "the 14 prefectures": ("--prefectures",)}


def main() -> bool:
    """Measure, print the table; whether both targets are met."""
    home = published_home()
    table = Table(title=f"briefings of {LAST} in Word, PDF and PowerPoint; the whole command, imports included")
    for title in ("what", "files", "seconds", "target", "met"):
        table.add_column(title)
    is_met = True
    for what, areas in AREAS.items():
        with tempfile.TemporaryDirectory(prefix="bench_documents_") as folder:
            seconds = _run(home, "briefing", "--period", LAST, *areas, "--out", folder)
            files = len(list(Path(folder).iterdir()))
        met = seconds <= MOST_SECONDS[what]
        is_met = is_met and met
        table.add_row(what, str(files), f"{seconds:.1f}", f"≤ {MOST_SECONDS[what]:.0f} s", "yes" if met else "NO")
    Console().print(table)
    return is_met


def published_home() -> "Home":
    """The region's home with a release, made once."""
    from pipelines.snapshots import current_snapshot_id

    home = make_home(FIRST, LAST)
    if current_snapshot_id(home) is None:
        _run(home, "build")
        _run(home, "publish")
    return home


def _run(home: "Home", *arguments: str) -> float:
    """Seconds that a command takes."""
    started = time.perf_counter()
    command = [sys.executable, "cli.py", *arguments, "--home", str(home.root)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
