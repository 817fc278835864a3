"""The pages of supervision in a real browser: from a count to the organisation to the filed row, and back."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, expect, sync_playwright

from pipelines.accounts.audit import read_audit
from pipelines.home import Home
from tests.accounts import ANALYST
from tests.browser import CHROMIUM, CHROMIUM_ARGUMENTS, Visitor, live_server, visit


@pytest.fixture(scope="module")
def reader() -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        browser.close()


@pytest.fixture(scope="module")
def address(built_home: Path) -> Iterator[str]:
    with live_server(built_home) as found:
        yield found


@pytest.fixture
def visitor(reader: BrowserContext, address: str) -> Iterator[Visitor]:
    with visit(reader, address) as found:
        yield found


def test_from_an_organisation_in_the_ledger_to_the_row_that_says_so(visitor: Visitor) -> None:
    visitor.open("/inspections")
    page = visitor.page
    page.locator("#inspections-ledger .ag-center-cols-container .ag-row").first.click()
    expect(visitor.drawer()).to_contain_text("未改完的问题")
    visitor.drawer().get_by_text("看原始行").first.click()
    expect(visitor.drawer().locator(".row-place")).to_contain_text("第 ")
    page.go_back()
    expect(visitor.drawer()).to_contain_text("未改完的问题")


def test_a_count_of_a_place_leads_to_its_part_of_the_ledger(visitor: Visitor) -> None:
    visitor.open("/inspections")
    visitor.page.locator("#inspections-places tbody a").first.click()
    expect(visitor.page).to_have_url(re.compile("scope=own|division="))
    visitor.page.go_back()
    expect(visitor.page).to_have_url(re.compile(r"/inspections$"))
    visitor.page.locator("#inspections-filters .filter-chip").first.click()
    expect(visitor.page).to_have_url(re.compile("state=ordered"))


def test_a_qualified_unit_opens_its_filed_row(visitor: Visitor) -> None:
    visitor.open("/units")
    visitor.page.locator("#units-grid .ag-center-cols-container .ag-row").first.click()
    expect(visitor.drawer()).to_contain_text("资质单位名录")


@pytest.mark.parametrize("path", ["/inspections", "/units", "/capacity", "/events"])
@pytest.mark.parametrize("place", ["", "?division=652900&scope=own", "?division=652901"])
def test_every_reading_has_its_page(visitor: Visitor, path: str, place: str) -> None:
    assert len(visitor.open(path + place).inner_text()) > 200
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_slider_moved_changes_the_result_and_the_url_brings_it_back(visitor: Visitor) -> None:
    visitor.open("/scenarios")
    page, told = visitor.page, visitor.page.locator(".scenario .sentence")
    expect(told).to_contain_text("现行政策")
    slider = page.get_by_role("slider", name="事件、举报与预警")
    slider.focus()
    slider.press("End")
    expect(told).to_contain_text("按此情景")
    expect(page).to_have_url(re.compile("scenario="))
    said = told.inner_text()
    page.reload()
    visitor.content()
    expect(told).to_have_text(said)
    page.get_by_label("情景名称").fill("事件加重")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#scenario-saved")).to_contain_text("事件加重")


def test_tables_and_charts_are_exported_and_entered(visitor: Visitor, built_home: Path) -> None:
    visitor.open("/inspections?state=ordered")
    page, menu = visitor.page, visitor.page.locator("details.export")
    menu.locator("summary").click()
    with page.expect_download() as xlsx:
        menu.get_by_text("本页全部表格（xlsx）").click()
    book = openpyxl.load_workbook(io.BytesIO(xlsx.value.path().read_bytes()))
    assert "措施台账" in book.sheetnames
    assert book["措施台账"]["B3"].value == "状态 ordered"
    with page.expect_download() as csv:
        menu.get_by_text("措施台账（CSV）").click()
    assert "密级标注" in csv.value.path().read_text(encoding="utf-8-sig")
    with page.expect_download() as svg:
        menu.get_by_role("button", name="本页的图（SVG）").click()
    drawn = svg.value.path().read_text(encoding="utf-8")
    assert "导出账号" in drawn
    assert "内部资料" in drawn
    newest = read_audit(Home(built_home), kind="exported", most=3)
    assert [entry.detail["格式"] for entry in newest] == ["svg", "csv", "xlsx"]
    assert {entry.actor for entry in newest} == {ANALYST}


def test_a_briefing_and_the_ledgers_are_made_when_they_are_asked_for(visitor: Visitor, built_home: Path) -> None:
    visitor.open("/division?division=652900")
    page, menu = visitor.page, visitor.page.locator("details.export")
    menu.locator("summary").click()
    expect(menu.locator(".export-title").last).to_have_text("阿克苏地区 · 2026年9月")
    for row, kind, name in (("本月简报", "Word", "docx"), ("本季简报", "PDF", "pdf")):
        with page.expect_download() as briefing:
            menu.locator(".export-row", has_text=row).get_by_text(kind).click()
        assert briefing.value.suggested_filename.endswith(f".{name}")
        expect(menu.locator("[data-export-note]")).to_contain_text("已生成")
    with page.expect_download() as ledgers:
        menu.get_by_text("监管台账").click()
    book = openpyxl.load_workbook(io.BytesIO(ledgers.value.path().read_bytes()))
    assert "阿克苏地区" in str(book.worksheets[0]["A1"].value)
    newest = [entry for kind in ("ledger_issued", "briefing_issued") for entry in
              read_audit(Home(built_home), kind=kind, most=1)]
    assert [entry.detail["格式"] for entry in newest] == ["xlsx", "pdf"]
    assert {entry.actor for entry in newest} == {ANALYST}


def test_what_cannot_be_written_is_told_in_the_menu(visitor: Visitor) -> None:
    visitor.open("/division?division=652900")
    menu = visitor.page.locator("details.export")
    menu.locator("summary").click()
    words = "没有任何数据，写不成台账"
    visitor.page.route("**/download/ledgers.xlsx*", lambda route: route.fulfill(status=422, body=words))
    menu.get_by_text("监管台账").click()
    expect(menu.locator("[data-export-note]")).to_have_text(words)
    assert all("422" in fault for fault in visitor.faults)
    visitor.faults.clear()


def test_the_search_is_reached_and_left_by_keys(visitor: Visitor) -> None:
    visitor.open("/")
    page = visitor.page
    page.keyboard.press("/")
    page.keyboard.type("aksdq")
    expect(page.locator("#search-found")).to_contain_text("阿克苏地区")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/division\\?division=652900"))
