"""Markup in what was filed, noted and named stays text on every page and in every drawer."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from playwright.sync_api import BrowserContext, expect, sync_playwright

from dashboard.saved_scenarios import save_scenario
from dashboard.view import PAGES
from data_contracts.loading import load_contracts
from metrics.scenarios import Scenario
from metrics.snapshot import open_snapshot
from pipelines import snapshots
from pipelines.building import build
from pipelines.handling import Actor, take_step
from pipelines.home import Home
from pipelines.staging import staged_path
from tests.browser import CHROMIUM, CHROMIUM_ARGUMENTS, PERIOD, Visitor, live_server, visit
from tests.filings import hand_in, write_filing

COUNTY = "652901"
MARKUP = "<img src=x onerror=hit()><script>hit()</script>"
# Anything that came to life would be one of these elements, or would call `hit`.
ALIVE = "() => [document.querySelectorAll('img[src=x], [onerror]').length, window.wasHit ?? 0, \
    [...document.scripts].filter(one => one.textContent.includes('hit()')).length]"


@dataclass(frozen=True)
class Planted:
    """A home in which markup stands wherever people write, its pages, and a warning with such a note."""

    address: str
    warning_id: str


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, built_home: Path) -> Iterator[Planted]:
    folder = tmp_path_factory.mktemp("planted")
    home = Home(folder / "home")
    shutil.copytree(built_home, home.root)
    (receipt,) = hand_in(home, [renamed_register(home, folder)], datetime(2026, 10, 15, 9)).receipts
    assert receipt.status.startswith("accepted"), receipt
    snapshots.publish(home, build(home))
    current = snapshots.snapshot_path(home, str(snapshots.current_snapshot_id(home)))
    with open_snapshot(current) as connection:
        query = (
            f"SELECT warning_id FROM warnings WHERE period = '{PERIOD}' AND tier = 'yellow' AND NOT is_cleared "
            f"ORDER BY subject_title LIKE '%<script>%' DESC, division_code = '{COUNTY}' DESC, 1 LIMIT 1"
        )
        (warning_id,) = connection.execute(query).fetchone() or ("",)
    take_step(home, warning_id, "issue", actor=Actor("研判岗甲", "analyst"), seen=0, note=f"按要求办理{MARKUP}")
    save_scenario(home, f"春{MARKUP[:30]}", Scenario(tighten=5), account="a", snapshot_id="x", period=PERIOD)
    with live_server(home.root) as address:
        yield Planted(address, warning_id)


def renamed_register(home: Home, folder: Path) -> Path:
    """The register of a county as it was filed, each organisation under a name with markup, and explained so."""
    register = pd.read_parquet(staged_path(home, "organisations", "2026Q3")).query("division_code == @COUNTY")
    names = [column.name for column in load_contracts()["organisations"].columns]
    rows = [
        {**{name: row[name] for name in names if row[name] is not None and not pd.isna(row[name])},
         "organisation_name": f"{MARKUP}{number}局", "explanation": f"更名{MARKUP}"}
        for number, row in enumerate(register.to_dict("records"))
    ]  # fmt: skip
    return write_filing(folder, "organisations", COUNTY, "2026Q3", rows)


@pytest.fixture(scope="module")
def reader() -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        context.add_init_script("window.hit = () => { window.wasHit = 1; }")
        yield context
        browser.close()


@pytest.fixture
def visitor(reader: BrowserContext, planted: Planted) -> Iterator[Visitor]:
    with visit(reader, planted.address) as found:
        yield found


def test_markup_stays_text_on_every_page(visitor: Visitor) -> None:
    told = {}
    for path in PAGES:
        content = visitor.open(f"{path}?division={COUNTY}")
        assert visitor.page.evaluate(ALIVE) == [0, 0, 0], path
        told[path] = MARKUP[:24] in (content.text_content() or "")
    assert told["/scenarios"], told


def test_markup_stays_text_in_a_drawer(visitor: Visitor, planted: Planted) -> None:
    page = visitor.page
    for target in (f"warning:{planted.warning_id}", f"cell:responsibility_system_share:{COUNTY}:own:{PERIOD}",
                   f"score:{COUNTY}:own:{PERIOD}", f"due:organisations:{COUNTY}:2026Q3"):  # fmt: skip
        visitor.open(f"/division?division={COUNTY}&explain={quote(target)}")
        drawer = visitor.drawer()
        if target.startswith("warning:"):
            expect(drawer).to_contain_text(f"按要求办理{MARKUP}")
        assert page.evaluate(ALIVE) == [0, 0, 0], target
