"""Briefings: the region in all three formats, and the fourteen prefectures, on a full region's published home.

The home is named by OVERSIGHT_BENCH_HOME (by default the one that the other benchmarks build); it is only read.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

REGION_SECONDS, PREFECTURES_SECONDS = 10.0, 40.0


def main() -> int:
    started = time.perf_counter()
    from dashboard.briefings.producing import produce_briefings
    from data_contracts.divisions import load_divisions
    from pipelines.home import Home

    if "OVERSIGHT_BENCH_HOME" in os.environ:
        root = Path(os.environ["OVERSIGHT_BENCH_HOME"])
    else:
        sys.exit("请用环境变量 OVERSIGHT_BENCH_HOME 指明一个已发布的全区数据目录，如 oversight demo 所建")
    home, divisions = Home(root), load_divisions()
    period = (root / "snapshots" / "current").read_text(encoding="utf-8").strip().partition(".")[0]
    prefectures = divisions.loc[divisions["kind"] == "prefecture", "division_code"].tolist()
    with tempfile.TemporaryDirectory() as folder:
        files = produce_briefings(home, period, ["650000"], Path(folder))
        region = time.perf_counter() - started  # imports included: so a command takes it
        started = time.perf_counter()
        files += produce_briefings(home, period, prefectures, Path(folder))
        below = time.perf_counter() - started
    print(f"region, three formats, imports included: {region:.1f} s (target ≤ {REGION_SECONDS:.0f})")
    print(f"{len(prefectures)} prefectures, three formats each ({len(files)} files in all): {below:.1f} s "
          f"(target ≤ {PREFECTURES_SECONDS:.0f})")
    return 0 if region <= REGION_SECONDS and below <= PREFECTURES_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
