"""The worklist in a real browser: warnings are filtered, opened and worked, by two people where two must be."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from pipelines.handling import Actor, handling_of, take_step
from pipelines.home import Home
from tests.accounts import ANALYST, add_account
from tests.browser import CHROMIUM, CHROMIUM_ARGUMENTS, LEAK, Visitor, file_a_leak, live_server, visit

LEADER = "urumqi-lead-2"


@pytest.fixture(scope="module")
def worked_home(tmp_path_factory: pytest.TempPathFactory, built_home: Path) -> Path:
    return file_a_leak(built_home, tmp_path_factory.mktemp("worked"))


@pytest.fixture(scope="module")
def readers() -> Iterator[tuple[BrowserContext, BrowserContext]]:
    """Two browsers, for two people."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        one, other = (browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN") for _ in range(2))
        yield one, other
        browser.close()


@pytest.fixture(scope="module")
def reader(readers: tuple[BrowserContext, BrowserContext]) -> BrowserContext:
    return readers[0]


@pytest.fixture(scope="module")
def address(worked_home: Path) -> Iterator[str]:
    """The pages of a home with an analyst, who is signed in, and a leader, who signs what goes out."""
    add_account(Home(worked_home), LEADER, "leader", "650000")
    with live_server(worked_home) as found:
        yield found


def open_leak(visitor: Visitor) -> str:
    """Open the confirmed leak in the drawer; its id."""
    visitor.open("/warnings?lines=each&tier=red")
    visitor.page.locator("#warnings-grid .ag-row", has_text=str(LEAK["incident_code"])).first.click()
    visitor.drawer()
    found = re.search(r"explain=warning:(W-\d{6}-[0-9a-f]{8})", visitor.page.url)
    assert found
    return found[1]


def take(page: Page, action: str, note: str) -> None:
    page.get_by_role("radio", name=action, exact=True).check()
    page.get_by_label("说明").fill(note)
    page.get_by_role("button", name="办理", exact=True).click()


def test_a_red_warning_is_proposed_by_one_and_signed_by_another(
    readers: tuple[BrowserContext, BrowserContext], address: str, worked_home: Path
) -> None:
    with visit(readers[0], address) as analyst, visit(readers[1], address, LEADER) as approver:
        warning_id = open_leak(analyst)
        take(analyst.page, "拟发", "短")
        expect(analyst.page.locator("#step-result")).to_contain_text("没有记入")
        expect(analyst.page.get_by_label("说明")).to_have_value("短")
        take(analyst.page, "拟发", "已核对原始报表")
        expect(analyst.page.locator("#step-result")).to_contain_text("已拟发，现为待签发")
        expect(analyst.page.locator("#drawer-timeline .step")).to_have_count(1)
        rows = analyst.page.locator("#warnings-grid .ag-center-cols-container .ag-row")
        row = rows.filter(has_text=str(LEAK["incident_code"]))
        expect(row).to_contain_text("待签发")
        analyst.page.locator(".step-others summary").click()
        expect(analyst.page.locator(".step-others")).to_contain_text("签发须由另一岗位或账号办理")

        assert open_leak(approver) == warning_id
        take(approver.page, "签发", "同意发布此预警")
        expect(approver.page.locator("#step-result")).to_contain_text("已签发，现为待签收")
        expect(approver.page.locator("#drawer-timeline")).to_contain_text(ANALYST)
    handling = handling_of(Home(worked_home), warning_id)
    assert [(step.actor, step.step) for step in handling.steps] == [(ANALYST, "propose"), (LEADER, "sign")]


def test_who_was_slower_is_told_what_happened_and_keeps_the_note(
    reader: BrowserContext, address: str, worked_home: Path
) -> None:
    with visit(reader, address) as visitor:
        visitor.open("/warnings?lines=each&tier=yellow&state=new")
        visitor.page.locator("#warnings-grid .ag-center-cols-container .ag-row").first.click()
        visitor.drawer()
        found = re.search(r"explain=warning:(W-\d{6}-[0-9a-f]{8})", visitor.page.url)
        assert found
        other = Actor("签发岗乙", "approver")
        take_step(Home(worked_home), found[1], "issue", actor=other, seen=0, note="先行发布此预警")
        take(visitor.page, "发布", "我也要发布它")
        expect(visitor.page.locator("#step-result")).to_contain_text("别人已先办了一步")
        expect(visitor.page.locator("#step-result")).to_contain_text("先行发布此预警")
    assert [step.actor for step in handling_of(Home(worked_home), found[1]).steps] == ["签发岗乙"]


def test_filters_and_opened_lines_live_in_the_url(reader: BrowserContext, address: str) -> None:
    with visit(reader, address) as visitor:
        visitor.open("/warnings")
        page = visitor.page
        rows = page.locator("#warnings-grid .ag-center-cols-container .ag-row")
        summaries = page.locator("#warnings-grid .ag-center-cols-container .ag-row.is-summary")
        if summaries.count():
            before = rows.count()
            summaries.first.click()
            expect(page).to_have_url(re.compile("opened="))
            expect(page.locator("#warnings-grid .ag-row.is-below").first).to_be_visible()
            page.go_back()
            expect(rows).to_have_count(before)
        page.locator(".filter-chip", has_text="已超时").click()
        expect(page).to_have_url(re.compile("urgency=overdue"))
        page.reload()
        visitor.content()
        expect(page.locator(".filter-chip.is-chosen")).to_contain_text("已超时")
