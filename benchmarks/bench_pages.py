"""How long the server takes for each page, drawer and callback, and what a page weighs, on a full region's home.

Asked through the gate by the application's test client, as the region's analyst and as a county's reporter: first each
once (what is made once for a snapshot is told apart as `first`), then `REPEATS` times. The home is that of the bench
of the build, built and published anew, or what OVERSIGHT_BENCH_HOME names (by the code as it is; only read). Of a
country's region, whose years before there were policies are built by one day's, the newest snapshot is looked at though
it is not published. Accounts are kept in a folder of their own.
"""

import gzip
import os
import re
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

REPEATS = 15
P95_MS, MOST_MS, MOST_ZIPPED_MB = 100.0, 400.0, 2.5
ANALYST, COUNTY = "bench-analyst-1", "bench-reporter-1"


@dataclass
class Asked:
    """One request: who, what, its milliseconds (the first apart) and the weight of its answer in bytes."""

    who: str
    what: str
    first: float = 0.0
    times: list[float] = field(default_factory=list)
    zipped: int = 0


def main() -> int:
    """Measure, print the table, and give back 0 where all targets are met."""
    named = os.environ.get("OVERSIGHT_BENCH_HOME")
    with tempfile.TemporaryDirectory() as folder:
        site = stand_site(Path(named) if named else publish_home(), Path(folder))
        return show([measure(site, who, *asked) for who in (ANALYST, COUNTY) for asked in list_questions(site, who)])


def publish_home() -> Path:
    """36 months of the whole region, built by the code as it is."""
    from benchmarks.build_home import make_home
    from pipelines import snapshots
    from pipelines.building import build

    home = make_home("2024-01", "2026-12")  # as bench_build, so that it is made once
    snapshots.publish(home, build(home))
    return home.root


def stand_site(home: Path, folder: Path) -> Any:
    """The application over the home's filings, with accounts of its own."""
    from dashboard.app import create_app
    from dashboard.serving import preload, settle_memory
    from data_contracts.divisions import use_divisions
    from pipelines.home import Home
    from tests.accounts import add_account
    from tests.sites import Clock, Site

    for name in ("archive", "staged", "backtests"):
        (folder / name).symlink_to(home / name)
    _show_newest(home, folder)
    shutil.copy(home / "ledger.sqlite", folder)  # steps are taken in it
    if (home / "divisions.csv").exists():
        shutil.copy(home / "divisions.csv", folder)
    use_divisions(Home(folder).divisions)
    region, _, county = places()
    clock = Clock(datetime.now())
    add_account(Home(folder), ANALYST, "analyst", region, clock())
    add_account(Home(folder), COUNTY, "reporter", county, clock())
    site = Site(Home(folder), create_app(folder, clock), clock)
    preload()
    settle_memory()
    return site


def _show_newest(home: Path, folder: Path) -> None:
    """The home's published snapshot, or its newest where none is."""
    from pipelines.home import Home
    from pipelines.snapshots import POINTER, current_snapshot_id
    from pipelines.sums import write_sum

    if current_snapshot_id(Home(home)) is not None:
        (folder / "snapshots").symlink_to(home / "snapshots")
        return
    newest = max((home / "snapshots").glob("*.duckdb"), key=lambda path: path.stat().st_mtime)
    shown = folder / "snapshots" / newest.name
    shown.parent.mkdir()
    shown.symlink_to(newest.resolve())
    (shown.parent / POINTER).write_text(f"{shown.stem} {write_sum(shown)}\n", encoding="utf-8")


def places() -> tuple[str, str, str]:
    """A region, a prefecture and a county of it: those of Xinjiang that are used everywhere, or the first ones."""
    from data_contracts.divisions import load_divisions

    divisions = load_divisions()
    usual = ("650000", "652900", "652901")
    if set(usual) <= set(divisions["division_code"]):
        return usual
    first = divisions.drop_duplicates("kind").set_index("kind")["division_code"]
    return str(first["region"]), str(first["prefecture"]), str(first["county"])


def list_questions(site: Any, who: str) -> list[tuple[str, str, str]]:
    """(name, output of the callback, URL) of what is asked."""
    from dashboard.view import PAGES, may_open
    from tests.sites import DRAWER, PAGE, SEARCH, SLIDERS, STEP, UPLOAD, call

    _, prefecture, county = places()
    role = "analyst" if who == ANALYST else "reporter"
    asked = [(path, PAGE, path) for path in PAGES if may_open(path, role)]  # type: ignore[arg-type]
    asked += [(url, PAGE, url) for url in ("/wall?slide=map", "/wall?slide=work", "/wall?slide=places")]
    asked += [(f"/division?division={code}", PAGE, f"/division?division={code}") for code in (prefecture, county)]
    listed = call(site, who, PAGE, "/warnings").text
    found = re.search(r"explain=(warning:[^\"&\\]+)", listed)
    period = site.app.server and re.search(r"\d{4}-\d{2}", listed).group()  # type: ignore[union-attr]
    explained = [f"cell:trained_share:{county}:own:{period}", f"score:{county}:own:{period}",
                 f"due:incidents:{county}:{period}", *([found.group(1)] if found else [])]
    asked += [(f"drawer {one}", DRAWER, f"/?explain={one}") for one in explained]
    if found:  # the first is taken, the others are refused as stale: both look at all that a step looks at
        asked.append(("a step in handling", STEP, f"/warnings?explain={found.group(1)}"))
    if role == "analyst":
        asked.append(("sliders of 风险研判", SLIDERS, "/scenarios"))
    asked.append(("a filing handed in", UPLOAD, "/filings"))
    return [*asked, ("search", SEARCH, "/"), ("choice", "url.href", "/"), ("notice", "notice.children", "/")]


def measure(site: Any, who: str, name: str, output: str, url: str) -> Asked:
    """One question asked again and again by a reader who stays signed in."""
    from tests.sites import ORIGIN, call_body

    client = site.app.server.test_client()
    client.set_cookie("oversight", site.token(who))
    body, asked = call_body(site.app, output, url), Asked(who, name)
    for number in range(REPEATS + 1):
        start = time.perf_counter()
        answer = client.post("/_dash-update-component", json=body, headers=ORIGIN)
        took = (time.perf_counter() - start) * 1000
        assert answer.status_code in (200, 204), (name, answer.status_code, answer.text[:300])
        if number:
            asked.times.append(took)
        else:
            asked.first, asked.zipped = took, len(gzip.compress(answer.data, 6))
    return asked


def show(asked: list[Asked]) -> int:
    """Print what was measured; 0 where the targets are met."""
    import numpy as np
    from rich.console import Console
    from rich.table import Table

    table = Table("who", "what", "first ms", "median ms", "p95 ms", "zipped kB", title="server time and weight")
    for one in asked:
        median, high = np.percentile(one.times, [50, 95])
        table.add_row(one.who, one.what, f"{one.first:.0f}", f"{median:.0f}", f"{high:.0f}", f"{one.zipped / 1e3:.0f}")
    every = [took for one in asked for took in one.times]
    high, most = float(np.percentile(every, 95)), max(every)
    heaviest = max(one.zipped for one in asked) / 1e6
    goals = [
        ("p95 of all", f"{high:.0f} ms", f"< {P95_MS:.0f}", high < P95_MS),
        ("the slowest", f"{most:.0f} ms", f"≤ {MOST_MS:.0f}", most <= MOST_MS),
        ("the slowest first time", f"{max(one.first for one in asked):.0f} ms", "told", True),
        ("the heaviest, zipped", f"{heaviest:.2f} MB", f"< {MOST_ZIPPED_MB}", heaviest < MOST_ZIPPED_MB),
    ]
    for name, measured, target, is_met in goals:
        table.add_row("", name, "", measured, target, "yes" if is_met else "NO")
    Console(width=110).print(table)
    return 0 if all(is_met for *_, is_met in goals) else 1


if __name__ == "__main__":
    raise SystemExit(main())
