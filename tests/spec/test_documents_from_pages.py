"""Briefings and ledgers asked for on a page: those of its place, month and reader, entered before they are given."""

import hashlib
import io
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest
from docx import Document
from pptx import Presentation

from data_contracts.divisions import load_divisions
from data_contracts.periods import periods_ending
from pipelines.accounts.account import visible_divisions
from pipelines.accounts.audit import read_audit
from tests.sites import COUNTY, POSTS, Site, make_site

ANALYST, PREFECTURE, CORPS = "region-analyst-1", "aksu-reporter-1", "corps-reporter-1"
MONTH = "2026-09"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, built_home: Path) -> Site:
    return make_site(tmp_path_factory.mktemp("site"), built_home)


def briefing(site: Site, who: str, kind: str, page: str = "/", period: str = MONTH) -> tuple[int, bytes]:
    answer = site.ask(who, "GET", f"/download/briefing.{kind}?of={quote(page, safe='')}&period={period}")
    return answer.status_code, answer.get_data()


@pytest.mark.parametrize(("month", "periods"), [
    ("2026-08", ["2026-08"]), ("2026-09", ["2026-09", "2026Q3"]), ("2026-12", ["2026-12", "2026Q4", "2026"]),
])
def test_periods_that_end_with_a_month(month: str, periods: list[str]) -> None:
    assert periods_ending(month) == periods


def test_a_briefing_comes_in_each_format_and_is_entered_with_the_hash_of_what_came(site: Site) -> None:
    texts = {
        "docx": lambda content: [one.text for one in Document(io.BytesIO(content)).paragraphs],
        "pptx": lambda content: [shape.text_frame.text for slide in Presentation(io.BytesIO(content)).slides
                                 for shape in slide.shapes if shape.has_text_frame],
    }  # fmt: skip
    for kind in ("docx", "pdf", "pptx"):
        status, content = briefing(site, ANALYST, kind)
        assert status == 200
        (entry, *_) = read_audit(site.home, kind="briefing_issued", most=1)
        assert (entry.actor, entry.detail["格式"]) == (ANALYST, kind)
        assert entry.detail["SHA-256"] == hashlib.sha256(content).hexdigest()
        if kind == "pdf":
            assert content.startswith(b"%PDF")
        else:
            assert any("2026年9月" in text for text in texts[kind](content))


def test_a_quarter_is_offered_with_its_last_month_only(site: Site) -> None:
    assert briefing(site, ANALYST, "docx", period="2026Q3")[0] == 200
    for period in ("2026Q2", "2026", "2026-08", "x", ""):
        assert briefing(site, ANALYST, "docx", period=period)[0] == 404
    assert briefing(site, ANALYST, "exe")[0] == 404


def test_a_prefecture_gets_its_own_whatever_the_page_asks_for(site: Site) -> None:
    for page in ("/", "/division?division=652900", "/division?division=653200", "/?division=650000"):
        status, content = briefing(site, PREFECTURE, "docx", page)
        text = " ".join(one.text for one in Document(io.BytesIO(content)).paragraphs)
        assert status == 200 and "阿克苏地区" in text and "和田" not in text


def test_where_there_is_one_reporter_only_it_is_told_why_there_is_no_briefing(site: Site) -> None:
    before = len(read_audit(site.home, kind="briefing_issued", most=100))
    status, content = briefing(site, COUNTY, "docx")
    assert status == 422 and "单个填报单位" in content.decode()
    assert len(read_audit(site.home, kind="briefing_issued", most=100)) == before


@pytest.mark.parametrize("who", [ANALYST, PREFECTURE, COUNTY, CORPS])
@pytest.mark.parametrize("code", ["650000", "652901", "653222"])
def test_ledgers_hold_nothing_outside_the_scope_and_are_entered(site: Site, who: str, code: str) -> None:
    answer = site.ask(who, "GET", f"/download/ledgers.xlsx?of={quote(f'/division?division={code}', safe='')}")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert len(book.sheetnames) == 5
    found = {str(row[0]) for sheet in book for row in sheet.iter_rows(min_row=5, values_only=True) if row[0]}
    seen = visible_divisions(POSTS[who][1] or "")
    codes = found & set(load_divisions()["division_code"])
    assert codes and (seen is None or codes <= seen)
    (entry, *_) = read_audit(site.home, kind="ledger_issued", most=1)
    assert entry.actor == who and entry.detail["SHA-256"] == hashlib.sha256(answer.data).hexdigest()


def test_a_page_that_stands_on_another_release_says_so_and_gives_no_other_numbers(site: Site) -> None:
    pinned = "/division?division=652900&snapshot=2026-09.r2"
    original = site.home.snapshots / "2026-09.r1.duckdb"
    (site.home.snapshots / "2026-09.r2.duckdb").symlink_to(original)
    try:
        status, content = briefing(site, ANALYST, "docx", pinned)
        assert status == 422 and "2026-09.r2" in content.decode() and "当前发布版" in content.decode()
        assert site.ask(ANALYST, "GET", f"/download/ledgers.xlsx?of={quote(pinned, safe='')}").status_code == 422
    finally:
        (site.home.snapshots / "2026-09.r2.duckdb").unlink()


def test_where_the_browser_is_is_entered_with_what_was_given(site: Site) -> None:
    assert briefing(site, ANALYST, "pdf")[0] == 200
    assert site.ask(ANALYST, "GET", "/download/ledgers.xlsx?of=/").status_code == 200
    assert site.ask(ANALYST, "GET", "/download/tables.csv?of=/warnings").status_code == 200
    chart = site.ask(ANALYST, "POST", "/download/chart", json={"kind": "svg", "of": "/", "title": "图"})
    assert chart.status_code == 200
    assert {entry.address for entry in read_audit(site.home, kind="exported", most=2)} == {"127.0.0.1"}
    for kind in ("briefing_issued", "ledger_issued"):
        (entry, *_) = read_audit(site.home, kind=kind, most=1)
        assert entry.address == "127.0.0.1"
