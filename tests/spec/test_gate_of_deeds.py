"""What is done and fetched through the gate: nothing of another division, by search, file, upload, step or draft."""

import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from dashboard.uploading import Upload
from dashboard.view import PAGES, may_open
from data_contracts.divisions import load_divisions
from pipelines.accounts.account import READERS, visible_divisions
from pipelines.accounts.audit import read_audit
from pipelines.handling_ledger import read_steps
from pipelines.home import Home
from pipelines.ledger import read_filings
from pipelines.snapshots import current_snapshot_id, snapshot_path
from tests.sites import (
    COMPARE,
    COUNTY,
    DRAWER,
    PAGE,
    POSTS,
    PUBLISH,
    SEARCH,
    SLIDERS,
    STEP,
    UPLOAD,
    UPLOADED,
    Site,
    call,
    make_site,
)

READING = [name for name, (role, _) in POSTS.items() if role in READERS]
CODES = ("652901", "653222", "654000", "660800")
ANALYST, LEADER = "region-analyst-1", "region-leader-1"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, built_home: Path) -> Site:
    return make_site(tmp_path_factory.mktemp("deeds"), built_home)


def seen_by(who: str) -> frozenset[str] | None:
    return visible_divisions(POSTS[who][1] or "")


def outsiders(text: str, seen: frozenset[str] | None) -> set[str]:
    """Divisions of organisations, findings and incidents in a text that are not among those seen."""
    found = set(re.findall(r"(?:JG|SS-|WT-|SJ-|JC-)(\d{6})", text))
    return set() if seen is None else found - seen


def shown(answer: Any) -> str:
    return json.dumps(answer.get_json(silent=True), ensure_ascii=False)


@pytest.mark.parametrize("who", READING)
@pytest.mark.parametrize("words", [*CODES, "和田", "jg", "ss", "wt-", "hts", "县", "局"])
def test_a_search_finds_nothing_outside_the_scope(site: Site, who: str, words: str) -> None:
    seen = seen_by(who)
    text = shown(call(site, who, SEARCH, sent={("search", "value"): words}))
    assert outsiders(text, seen) == set()
    linked = set(re.findall(r"/division\?division=(\d{6})", text))
    assert seen is None or linked <= seen
    if words == POSTS[who][1]:
        assert linked == {words}


@pytest.mark.parametrize("who", READING)
@pytest.mark.parametrize("path", PAGES)
def test_the_tables_of_a_page_hold_nothing_outside_the_scope(site: Site, path: str, who: str) -> None:
    for code in CODES[:2]:
        answer = site.ask(who, "GET", f"/download/tables.xlsx?of={path}?division={code}")
        if not may_open(path, POSTS[who][0]):
            assert answer.status_code == 403
            continue
        assert answer.status_code in (200, 404)
        if answer.status_code == 200:
            book = openpyxl.load_workbook(io.BytesIO(answer.data), read_only=True)
            text = " ".join(str(cell) for sheet in book for row in sheet.values for cell in row)
            assert outsiders(text, seen_by(who)) == set()
            assert read_audit(site.home, kind="exported", most=1)[0].actor == who


def filings_of(home: Home, code: str) -> pd.DataFrame:
    found = read_filings(home)
    return found[(found["division_code"] == code) & found["status"].isin(["accepted", "accepted_with_queries"])]


@pytest.mark.parametrize("who", READING)
def test_a_returned_workbook_is_given_to_whom_it_belongs_only(site: Site, who: str) -> None:
    site.home.returned.mkdir(exist_ok=True)
    for code in ("652901", "653222"):
        number = str(filings_of(site.home, code)["receipt_no"].iloc[0])
        (site.home.returned / f"{number}_x.xlsx").write_bytes(b"x")
        seen = seen_by(who)
        answer = site.ask(who, "GET", f"/download/returned/{number}")
        assert answer.status_code == (200 if seen is None or code in seen else 404)


@pytest.mark.parametrize("who", [name for name in READING if POSTS[name][0] != "leader"])
def test_the_hash_of_anothers_file_tells_nothing_of_it(site: Site, who: str) -> None:
    for code in ("652901", "653222"):
        filing = filings_of(site.home, code).iloc[0]
        sent = Upload("0123456789ab", "x.xlsx", str(filing["sha256"]), "2026-10-12 09:00:00").to_dict()
        text = shown(call(site, who, UPLOADED, sent={("filings-uploads", "data"): [sent]}))
        seen = seen_by(who)
        assert (str(filing["receipt_no"]) in text) == (seen is None or code in seen)


@pytest.mark.parametrize(("who", "filer"), [(ANALYST, None), ("aksu-reporter-1", "652900"), (COUNTY, "652901")])
def test_an_upload_lies_in_a_folder_that_names_for_whom_it_may_file(site: Site, who: str, filer: str | None) -> None:
    before = set(site.home.inbox.glob("*")) if site.home.inbox.exists() else set()
    assert call(site, who, UPLOAD).status_code == 200
    (folder,) = set(site.home.inbox.glob("*")) - before
    assert re.fullmatch(f"网页_{filer}_[0-9a-f]{{12}}" if filer else "网页_[0-9a-f]{12}", folder.name)


@pytest.mark.parametrize("who", ["aksu-reporter-1", COUNTY, "corps-reporter-1"])
def test_a_step_on_a_warning_of_another_division_is_not_taken(tmp_path: Path, built_home: Path, who: str) -> None:
    site = make_site(tmp_path, built_home)
    site.home.ledger.unlink()
    shutil.copyfile(built_home / "ledger.sqlite", site.home.ledger)
    cards = re.findall(r"warning:([^\"&\\]+)", shown(call(site, ANALYST, PAGE, "/warnings?division=653222")))
    assert cards
    before = len(read_steps(site.home))
    answer = call(site, who, STEP, f"/warnings?explain=warning:{cards[0]}")
    assert answer.status_code == 200
    assert "653222" not in answer.text
    assert outsiders(shown(answer), seen_by(who)) == set()
    assert len(read_steps(site.home)) == before


@pytest.fixture
def drafted(tmp_path: Path, built_home: Path) -> tuple[Site, str]:
    """A site with a draft beside its published snapshot, and the draft's id."""
    site = make_site(tmp_path, built_home)
    current = str(current_snapshot_id(site.home))
    site.home.snapshots.unlink()
    site.home.snapshots.mkdir()
    draft = f"{current.partition('.')[0]}.r9"
    for name in (current, draft):
        shutil.copyfile(built_home / "snapshots" / f"{current}.duckdb", snapshot_path(site.home, name))
    shutil.copyfile(built_home / "snapshots" / "current", site.home.snapshots / "current")
    return site, draft


def test_a_draft_is_opened_by_analysts_only(drafted: tuple[Site, str]) -> None:
    site, draft = drafted
    for who in READING:
        is_analyst = POSTS[who][0] == "analyst"
        code = POSTS[who][1]
        page = shown(call(site, who, PAGE, f"/?snapshot={draft}"))
        assert ("没有发布" in page) != is_analyst
        drawer = shown(call(site, who, DRAWER, f"/?snapshot={draft}&explain=score:{code}:own:2026-09"))
        assert ("没有发布" in drawer) != is_analyst
        found = shown(call(site, who, SEARCH, f"/?snapshot={draft}", {("search", "value"): "a"}))
        assert ("没有可搜索的数据" in found) != is_analyst
        of = f"/warnings?snapshot={draft}"
        assert site.ask(who, "GET", f"/download/tables.csv?of={of}").status_code == (200 if is_analyst else 404)
        stamp = site.ask(who, "POST", "/download/chart", json={"kind": "svg", "of": of, "title": "x"})
        assert stamp.status_code == (200 if is_analyst else 404)


def test_a_leader_neither_sees_nor_compares_nor_publishes_a_draft(drafted: tuple[Site, str]) -> None:
    site, draft = drafted
    current = current_snapshot_id(site.home)
    compared = f"/releases?compare={current},{draft}"
    assert draft in shown(call(site, ANALYST, PAGE, "/releases"))
    assert draft not in shown(call(site, LEADER, PAGE, "/releases"))
    assert "还没有选版本" in shown(call(site, LEADER, COMPARE, compared))
    assert not site.home.comparisons.exists()
    assert call(site, LEADER, SLIDERS, f"/scenarios?snapshot={draft}").status_code == 404
    assert call(site, LEADER, PUBLISH, sent={("", "snapshot"): draft}).status_code == 403
    assert current_snapshot_id(site.home) == current


NONSENSE: list[Any] = [3, {"x": 1}, [[1]], True]


@pytest.mark.parametrize("value", NONSENSE, ids=str)
@pytest.mark.parametrize(
    ("output", "name", "kind"),
    [
        (SEARCH, "search", "value"), (STEP, "step-note", "value"), (STEP, "step-action", "value"),
        (STEP, "step-until", "value"), (UPLOAD, "filings-upload", "contents"), (UPLOAD, "filings-upload", "filename"),
        (UPLOADED, "filings-uploads", "data"), (PAGE, "page-url", "data"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_not_understood(site: Site, output: str, name: str, kind: str, value: Any) -> None:
    assert call(site, COUNTY, output, sent={(name, kind): value}).status_code == 400


def test_names_of_divisions_outside_are_in_no_answer_to_a_county(site: Site) -> None:
    names = load_divisions().set_index("division_code")["name"]
    for output in (SEARCH, DRAWER, STEP):
        text = shown(call(site, COUNTY, output, "/warnings?division=653222&explain=score:653222:own:2026-09"))
        assert str(names["653222"]) not in text
