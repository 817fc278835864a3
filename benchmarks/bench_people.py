"""Fifty people at once against the real server, what a worker weighs, and how long Chromium waits from cold.

Served are 36 months of the whole region by `oversight serve` with its two workers, on the same two cores as everybody
who asks. Each of the fifty has an account of their own, waits 2 to 6 seconds between clicks, as one does who reads, and
walks the recorded path `PATH` from a place of their own in it, for `SECONDS`; each click asks what a page asks. Then
one Chromium, without a cache, opens each page (cold) and goes on by the navigation, two seconds on each (warm).
"""

import json
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.bench_pages import ANALYST, publish_home, stand_site

PEOPLE, SECONDS, WAITS = 50, 60.0, (2.0, 6.0)
P95_MS, COLD_S, WARM_S, WORKER_MB = 500.0, 2.5, 0.7, 400.0
PATH = (
    "/", "/division?division=652900", "/division?division=652901", "/indicator", "/indicator?indicator=trained_share",
    "/warnings", "/warnings?tier=orange", "/filings", "/inspections", "/?explain=score:652901:own:{period}", "/units",
    "/capacity",
)  # fmt: skip
PAGES = {
    "总览": "/", "地区": "/division?division=652902", "指标": "/indicator", "预警": "/warnings", "报送": "/filings",
}  # fmt: skip


def main() -> int:
    """Measure, print the table, and give back 0 where all targets are met."""
    home = publish_home()
    with tempfile.TemporaryDirectory() as folder:
        site = stand_site(home, Path(folder))
        with serving(Path(folder)) as (address, process):
            times, failures = let_people_click(site, address)
            weights = weigh_workers(process)
            cold, warm = open_in_chromium(site, address)
    return show(times, failures, weights, cold, warm)


@contextmanager
def serving(home: Path) -> Iterator[tuple[str, int]]:
    """`oversight serve` on a free port: its address and the number of its process."""
    import cli

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    server = subprocess.Popen([sys.executable, cli.__file__, "serve", "--home", str(home), "--port", str(port)])
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/sign-in", timeout=30).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address, server.pid
    finally:
        server.terminate()
        server.wait(30)


def let_people_click(site: Any, address: str) -> tuple[list[float], list[str]]:
    """Milliseconds of every click, and what went wrong."""
    from tests.accounts import add_account

    names = [f"bench-person-{number}" for number in range(1, PEOPLE + 1)]
    for name in names:
        add_account(site.home, name, "analyst", "650000", site.clock())
    tokens = [site.token(name) for name in names]
    clicks, until = record_path(site), time.perf_counter() + SECONDS
    with ThreadPoolExecutor(PEOPLE) as people:
        found = list(people.map(lambda one: click_on(address, one[1], clicks, one[0], until), enumerate(tokens)))
    return [took for times, _ in found for took in times], [fault for _, faults in found for fault in faults]


def record_path(site: Any) -> list[bytes]:
    """The bodies that the pages send along the path."""
    from dashboard.library import Library
    from tests.sites import DRAWER, PAGE, call_body

    period = Library(site.home.root).open().periods[0]
    bodies = []
    for url in PATH:
        output = DRAWER if "explain=" in url else PAGE
        bodies.append(json.dumps(call_body(site.app, output, url.format(period=period))).encode())
    return bodies


def click_on(address: str, token: str, clicks: list[bytes], person: int, until: float) -> tuple[list[float], list[str]]:
    """One person's clicks until the time is over."""
    dice, times, faults = random.Random(person), [], []
    headers = {"Content-Type": "application/json", "Origin": address, "Cookie": f"oversight={token}"}
    place = person
    time.sleep(dice.uniform(0, WAITS[1]))
    while time.perf_counter() < until:
        place += 1
        asked = urllib.request.Request(f"{address}/_dash-update-component", clicks[place % len(clicks)], headers)
        start = time.perf_counter()
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                answer.read()
        except OSError as error:
            faults.append(f"{PATH[place % len(clicks)]}: {error}")
        times.append((time.perf_counter() - start) * 1000)
        time.sleep(dice.uniform(*WAITS))
    return times, faults


def weigh_workers(process: int) -> list[float]:
    """Megabytes of each worker of the server: its own memory and its part of what is shared (PSS)."""
    found = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in children.read_text().split():
            lines = Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()
            found += [int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")]
    return found


def open_in_chromium(site: Any, address: str) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds until a page stands with its charts: opened in a browser without a cache, and from another page."""
    from playwright.sync_api import sync_playwright

    from tests.browser import CHROMIUM

    cold, warm, token = {}, {}, site.token(ANALYST)
    cookie = {"name": "oversight", "value": token, "url": address}
    with sync_playwright() as playwright:
        for title, url in PAGES.items():
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            reader = browser.new_context(viewport={"width": 1366, "height": 768})
            reader.add_cookies([cookie])
            page = reader.new_page()
            cold[title] = _seconds(lambda p=page, u=url: p.goto(address + u, wait_until="commit"), page, title)
            for other in PAGES:
                if other != title:
                    time.sleep(2)  # a page is looked at before the next is asked for
                    link = page.locator(".nav-link", has_text=other)
                    took = _seconds(lambda one=link: one.click(), page, other)
                    warm[other] = max(took, warm.get(other, 0.0))
            browser.close()
    return cold, warm


def _seconds(act: Any, page: Any, title: str) -> float:
    """Until the page's heading, a card and every chart of it are drawn."""
    start = time.perf_counter()
    act()
    while not page.evaluate(_DRAWN, title):
        time.sleep(0.02)  # to wait in the page costs up to five seconds where it lays out again meanwhile
    return time.perf_counter() - start


_DRAWN = """title => {
  const head = document.querySelector("header h1");
  const graphs = [...document.querySelectorAll("main .graph")];
  return head && head.textContent === title && document.querySelector("main .card")
    && graphs.every(one => one.querySelector(".main-svg"))
    && [...document.querySelectorAll("main .ag-root-wrapper")].every(one => one.querySelector(".ag-row, .ag-overlay"));
}"""


def show(times: list[float], failures: list[str], weights: list[float], cold: dict[str, float], warm: dict[str, float],
         ) -> int:
    """Print what was measured; 0 where the targets are met."""
    import numpy as np
    from rich.console import Console
    from rich.table import Table

    median, high = np.percentile(times, [50, 95])
    goals = [
        (f"{PEOPLE} people, {len(times)} clicks in {SECONDS:.0f} s: median", f"{median:.0f} ms", "told", True),
        ("  p95", f"{high:.0f} ms", f"< {P95_MS:.0f}", high < P95_MS),
        ("  the slowest", f"{max(times):.0f} ms", "told", True),
        ("  errors", str(len(failures)), "0", not failures),
        ("a worker's memory", "、".join(f"{one:.0f} MB" for one in weights), f"< {WORKER_MB:.0f}",
         bool(weights) and max(weights) < WORKER_MB),
        *((f"Chromium from cold: {title}", f"{took:.2f} s", f"< {COLD_S}", took < COLD_S)
          for title, took in cold.items()),
        *((f"Chromium, by navigation: {title}", f"{took:.2f} s", f"< {WARM_S}", took < WARM_S)
          for title, took in warm.items()),
    ]  # fmt: skip
    table = Table("what", "measured", "target", "met", title="fifty people, one browser")
    for name, measured, target, is_met in goals:
        table.add_row(name, measured, target, "yes" if is_met else "NO")
    console = Console(width=110)
    console.print(table)
    for fault in failures[:5]:
        console.print(fault)
    return 0 if all(is_met for *_, is_met in goals) else 1


if __name__ == "__main__":
    raise SystemExit(main())
