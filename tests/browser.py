"""A real browser on a live server: what the end-to-end tests of the pages begin with.

A `Visitor` opens pages as a reader does and keeps every fault that a reader would not see: console errors, answers of
400 and above, and requests to another machine, which find none. The server is the one that users start.
"""

import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

import cli
from dashboard.reader import ACCOUNT_VARIABLE
from pipelines import snapshots
from pipelines.building import build
from pipelines.home import Home
from tests.filings import hand_in, write_filing

CHROMIUM = "/usr/bin/chromium"
# No name but this machine's is known to the browser. (Interception would do too, but turns off its cache.)
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
PERIOD = "2026-09"
WAIT_MILLISECONDS = 20_000
# Expectations wait as long as a busy machine may need; the usual five seconds tell of its load, not of the page.
expect.set_options(timeout=WAIT_MILLISECONDS)
# A confirmed leak: the gravest warning there is, so that there is one whatever the simulation draws.
LEAK: dict[str, Any] = {
    "incident_code": "SJ-652901-9001",
    "category": "category_4",
    "found_at": datetime(2026, 9, 20, 9),
    "reported_at": datetime(2026, 9, 20, 15),
    "first_body": "secrecy_bureau",
    "investigation_opened_on": datetime(2026, 9, 21),
    "others_told_on": datetime(2026, 9, 22),
    "leak": "confirmed",
}


@dataclass
class Visitor:
    """One tab of a reader; `faults` is what went wrong beside what the reader sees."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Keep faults from now on."""
        self.page.set_default_timeout(WAIT_MILLISECONDS)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.on("response", self._on_response)
        self.page.on("request", self._on_request)

    def open(self, path: str = "/") -> Locator:
        """The content of a page, once it is drawn and nothing is on its way any more."""
        self.page.goto(self.address + path)
        return self.content()

    def content(self) -> Locator:
        """What stands beside the navigation, once it is drawn and nothing is on its way any more."""
        content = self.page.locator("main.content")
        expect(content).not_to_be_empty()
        self.page.wait_for_load_state("networkidle")
        return content

    def drawer(self) -> Locator:
        """The drawer at the right, once it is drawn."""
        drawer = self.page.locator("aside.drawer")
        expect(drawer.locator(".drawer-body")).not_to_be_empty()
        return drawer

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console {message.type}: {message.text}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"answer {response.status}: {response.url}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"wants to leave the machine: {request.url}")


@contextmanager
def live_server(home: Path, account: str = "") -> Iterator[str]:
    """Address of `oversight serve` on a free port, as long as the block lasts; who reads is `account:role:division`."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, cli.__file__, "serve", "--home", str(home), "--port", str(port), "--workers", "1"]
    environment = {**os.environ, ACCOUNT_VARIABLE: account}
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(address, server)
        yield address
    finally:
        server.terminate()
        server.communicate(timeout=30)


def file_a_leak(built_home: Path, folder: Path) -> Path:
    """A copy of a home, to which one reporter has filed a confirmed leak since: two snapshots, the newer published."""
    home = Home(folder / "home")
    shutil.copytree(built_home, home.root)
    path = write_filing(folder, "incidents", "652901", PERIOD, [LEAK])
    (receipt,) = hand_in(home, [path], datetime(2026, 10, 9, 9)).receipts
    assert receipt.status == "accepted", receipt
    snapshots.publish(home, build(home))
    return home.root


def _wait_until_it_answers(address: str, server: subprocess.Popen[str]) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=30).close()
            return
        except urllib.error.URLError:
            try:
                # Waits a moment for the server to end, which it should not.
                _, said = server.communicate(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"the server ended: {said}") from None
    raise AssertionError(f"no answer from {address} within a minute")


@contextmanager
def visit(reader: BrowserContext, address: str) -> Iterator[Visitor]:
    """A tab of its own; a fault that nobody asked for fails whoever opened it."""
    visitor = Visitor(reader.new_page(), address)
    visitor.watch()
    yield visitor
    visitor.page.close()
    assert visitor.faults == []
