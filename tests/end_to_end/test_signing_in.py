"""Signing in, working and signing out in a real browser, the policy in force; and axe-core over every page."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

import cli
from dashboard.view import PAGES
from pipelines.accounts.demo import create_demo_accounts
from pipelines.home import Home
from tests.accounts import ANALYST, PASSWORD
from tests.browser import CHROMIUM, CHROMIUM_ARGUMENTS, Visitor, live_server

AXE = Path(cli.__file__).parent / ".venv/accessibility/node_modules/axe-core/axe.min.js"
DESKS = {"demo-system-1": "/admin/accounts", "demo-security-1": "/admin/roles", "demo-audit-1": "/admin/audit"}
FIRST_NAMES = {"demo-system-1": "系统管理员", "demo-security-1": "安全管理员", "demo-audit-1": "审计员"}


@pytest.fixture(scope="module")
def address(built_home: Path) -> Iterator[str]:
    """Address of the small region's pages, with the demo accounts."""
    create_demo_accounts(Home(built_home), datetime.now())
    with live_server(built_home) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visitor]:
    """Somebody who is not signed in yet; a fault that nobody asked for fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    found = Visitor(context.new_page(), address)
    found.watch()
    yield found
    context.close()
    assert found.faults == []


def grave_findings(visitor: Visitor) -> list[str]:
    """What axe-core finds serious or critical; evaluated by the browser's debugger, which the policy does not bind."""
    visitor.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = visitor.page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{one['id']}: {json.dumps([node['target'] for node in one['nodes'][:4]], ensure_ascii=False)} "
        f"{one['nodes'][0]['failureSummary'][:160]}"
        for one in found if one["impact"] in ("serious", "critical")
    ]  # fmt: skip


def test_a_reader_signs_in_where_he_wanted_to_go_works_and_signs_out(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(visitor.address + "/warnings?tier=red")
    expect(page).to_have_url(visitor.address + "/sign-in?next=%2Fwarnings%3Ftier%3Dred")
    page.get_by_label("账号").fill(ANALYST)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator("h1")).to_have_text("预警")
    expect(page).to_have_url(visitor.address + "/warnings?tier=red")
    expect(page.locator(".signed-in")).to_contain_text("研判岗 · 全区")
    page.locator("nav").get_by_text("方法说明").click()
    expect(page.locator("h1")).to_have_text("方法说明")
    page.get_by_role("button", name="退出").click()
    expect(page.locator("h1")).to_have_text("登录")
    page.go_back()
    expect(page.locator("h1")).to_have_text("登录")


def test_one_click_enters_a_demonstration(visitor: Visitor) -> None:
    visitor.page.goto(visitor.address)
    visitor.page.get_by_role("button", name="阿克苏市").click()
    expect(visitor.page.locator("h1")).to_have_text("总览")
    expect(visitor.page.locator(".signed-in")).to_contain_text("填报岗 · 阿克苏市")


def test_the_sign_in_page_has_no_grave_finding(visitor: Visitor) -> None:
    visitor.page.goto(visitor.address)
    assert grave_findings(visitor) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_grave_finding(visitor: Visitor, path: str) -> None:
    visitor.page.goto(visitor.address)
    visitor.page.get_by_role("button", name="研判岗").click()
    expect(visitor.page.locator("h1")).to_have_text("总览")
    visitor.open(path)
    assert grave_findings(visitor) == []


@pytest.mark.parametrize("account_id", DESKS)
def test_a_desk_has_no_grave_finding(visitor: Visitor, account_id: str) -> None:
    visitor.page.goto(visitor.address)
    visitor.page.get_by_role("button", name=FIRST_NAMES[account_id]).click()
    expect(visitor.page).to_have_url(visitor.address + DESKS[account_id])
    assert grave_findings(visitor) == []
