"""The wall screen in a real browser: every slide fits the screen, nothing has to be hovered, and it turns by itself."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect, sync_playwright

from dashboard.gather.wall import SLIDES
from tests.browser import CHROMIUM, CHROMIUM_ARGUMENTS, live_server, visit

SCREENS = [(1920, 1080), (3840, 2160)]


@pytest.fixture(scope="module")
def address(built_home: Path) -> Iterator[str]:
    with live_server(built_home) as found:
        yield found


@pytest.fixture(scope="module", params=SCREENS, ids=["1080p", "4K"])
def wall(request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    width, height = request.param
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        browser.close()


@pytest.mark.parametrize("slide", SLIDES)
def test_a_slide_fits_the_screen_and_says_what_it_is(wall: BrowserContext, address: str, slide: str) -> None:
    with visit(wall, address) as visitor:
        page = visitor.page
        page.goto(f"{address}/wall?slide={slide}")
        expect(page.locator(".wall h1")).to_contain_text(SLIDES[slide])
        expect(page.locator(".wall-foot strong")).to_have_text("内部资料")
        expect(page.locator(".wall-head")).to_contain_text("模拟数据")
        page.wait_for_load_state("networkidle")
        overflow = "Array.from(document.querySelectorAll('.wall-panel')).some(e => e.scrollHeight > e.clientHeight + 1)"
        assert page.evaluate(overflow) is False
        assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
        assert page.locator(".wall [data-card], .wall [title]").count() == 0 or slide == "map"


def test_it_turns_to_the_next_slide_and_the_history_does_not_grow(wall: BrowserContext, address: str) -> None:
    with visit(wall, address) as visitor:
        page = visitor.page
        page.goto(f"{address}/wall")
        expect(page.locator(".wall h1")).to_contain_text(next(iter(SLIDES.values())))
        length = page.evaluate("history.length")
        for title in [*list(SLIDES.values())[1:], next(iter(SLIDES.values()))]:
            page.evaluate("window.dash_clientside.oversight.turnWall(1)")
            expect(page.locator(".wall h1")).to_contain_text(title)
        assert page.evaluate("history.length") == length
        page.get_by_text("退出大屏").click()
        expect(page).to_have_url(re.compile(r"/$"))
        visitor.content()
