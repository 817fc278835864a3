"""The pages in a real browser: what a reader sees, clicks, sends to a colleague, and never sees.

Every test fails on any console error, any answer of 400 and above and any request that leaves the machine.
"""

import json
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import BrowserContext, expect, sync_playwright
from typer.testing import CliRunner

import cli
from dashboard.formats import format_interval, format_value
from dashboard.view import PAGES
from metrics import read_layer
from metrics.read_layer import EVERYTHING
from metrics.snapshot import open_snapshot
from pipelines import snapshots
from pipelines.home import Home
from tests.browser import CHROMIUM, CHROMIUM_ARGUMENTS, LEAK, PERIOD, Visitor, file_a_leak, live_server, visit

DRAWERS = {
    "a number": f"/?explain=cell:trained_share:650000:area:{PERIOD}",
    "an index": f"/division?division=652902&explain=score:652902:own:{PERIOD}",
    "an expected filing": f"/filings?explain=due:incidents:652901:{PERIOD}",
}
OTHER_READINGS = (
    "/?level=prefecture",
    "/?division=652900",
    "/division?division=652901",
    "/division?division=660000",
    "/division?division=653200&scope=own",
    "/indicator?indicator=trained_share&level=prefecture",
)


@pytest.fixture(scope="module")
def leak_home(tmp_path_factory: pytest.TempPathFactory, built_home: Path) -> Path:
    """The small region in which one reporter has filed a confirmed leak since: two snapshots, the newer published."""
    return file_a_leak(built_home, tmp_path_factory.mktemp("leak"))


@pytest.fixture(scope="module")
def address(leak_home: Path) -> Iterator[str]:
    """Address of the pages of `leak_home`."""
    with live_server(leak_home) as found:
        yield found


@pytest.fixture(scope="module")
def reader() -> Iterator[BrowserContext]:
    """A reader at a usual screen, in a real Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        browser.close()


@pytest.fixture
def visitor(reader: BrowserContext, address: str) -> Iterator[Visitor]:
    """A reader on the pages of `leak_home`."""
    with visit(reader, address) as found:
        yield found


@pytest.fixture(scope="module")
def snapshot(leak_home: Path) -> duckdb.DuckDBPyConnection:
    """The published snapshot of `leak_home`, opened as every reader of figures opens it."""
    home = Home(leak_home)
    return open_snapshot(snapshots.snapshot_path(home, str(snapshots.current_snapshot_id(home))))


@pytest.fixture(scope="module")
def empty_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a home into which nothing has come yet."""
    home = Home(tmp_path_factory.mktemp("empty"))
    home.create()
    with live_server(home.root) as found:
        yield found


def leak_warning_id(snapshot: duckdb.DuckDBPyConnection) -> str:
    found = snapshot.execute(
        "SELECT warning_id FROM warnings WHERE period = ? AND tier = 'red' AND contains(subject_title, ?)",
        [PERIOD, LEAK["incident_code"]],
    ).fetchall()
    assert len(found) == 1
    return str(found[0][0])


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_with_its_content_marked_as_simulated_on_screen_and_on_paper(
    visitor: Visitor, path: str
) -> None:
    content = visitor.open(path)
    expect(visitor.page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(visitor.page.locator("h1")).to_have_text(PAGES[path])
    expect(visitor.page.locator("nav a[aria-current=page]")).to_have_text(PAGES[path])
    assert len(content.inner_text()) > 200
    assert visitor.page.locator(".empty.is-page").count() == 0
    expect(visitor.page.locator("header").get_by_text("模拟数据", exact=True)).to_be_visible()
    visitor.page.emulate_media(media="print")
    expect(visitor.page.locator(".print-foot")).to_be_visible()
    expect(visitor.page.locator(".print-foot")).to_contain_text("模拟数据")


@pytest.mark.parametrize("path", OTHER_READINGS)
def test_other_readings_and_levels_open_too(visitor: Visitor, path: str) -> None:
    assert len(visitor.open(path).inner_text()) > 200
    assert visitor.page.locator(".page-notice").count() == 0


@pytest.mark.parametrize("path", ["/", "/?division=653200"])
def test_counties_without_a_boundary_are_listed_beside_the_map(visitor: Visitor, path: str) -> None:
    visitor.open(path)
    for name in ("和安县", "和康县"):
        expect(visitor.page.locator("#overview-map .tile", has_text=name)).to_be_visible()


@pytest.mark.parametrize("path", DRAWERS.values(), ids=DRAWERS)
def test_a_link_to_an_explanation_opens_page_and_drawer_on_screen_and_on_paper(visitor: Visitor, path: str) -> None:
    visitor.open(path)
    assert len(visitor.drawer().inner_text()) > 60
    assert visitor.drawer().locator(".empty").count() == 0
    visitor.page.emulate_media(media="print")
    foot = visitor.drawer().locator(".print-foot")
    expect(foot).to_be_visible()
    expect(foot).to_contain_text("模拟数据")
    expect(foot).to_contain_text("内部资料")


def test_no_english_word_is_left_on_the_overview(visitor: Visitor) -> None:
    words = re.findall(r"[A-Za-z]{3,}", visitor.open("/").inner_text())
    assert words == []


def test_period_and_division_live_in_the_url(visitor: Visitor) -> None:
    visitor.open("/")
    page = visitor.page
    page.get_by_role("textbox", name="报告期").or_(page.get_by_role("combobox", name="报告期")).first.click()
    page.get_by_role("option", name="2026年8月").click()
    expect(page.locator("nav a", has_text="总览")).to_have_attribute("href", "/?period=2026-08")
    page.locator("#overview-worst a", has_text="库车市").first.click()
    expect(page).to_have_url(re.compile(r"/division\?period=2026-08&division=652902"))
    expect(page.locator("h1")).to_have_text("地区")
    sentence = page.locator("#division-head .sentence")
    expect(sentence).to_contain_text("库车市")
    said = sentence.inner_text()

    page.reload()
    visitor.content()
    expect(page).to_have_url(re.compile(r"/division\?period=2026-08&division=652902"))
    assert sentence.inner_text() == said

    page.go_back()
    expect(page.locator("h1")).to_have_text("总览")
    expect(page).to_have_url(re.compile(r"/\?period=2026-08$"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"/$"))
    expect(page.locator("main.content")).to_contain_text("本月")
    page.go_forward()
    expect(page).to_have_url(re.compile(r"period=2026-08"))
    visitor.content()


def test_from_every_red_warning_three_clicks_lead_to_file_sheet_and_row(
    visitor: Visitor, snapshot: duckdb.DuckDBPyConnection
) -> None:
    red = snapshot.execute("SELECT warning_id FROM warnings WHERE period = ? AND tier = 'red'", [PERIOD]).fetchall()
    assert (leak_warning_id(snapshot),) in red
    for (warning_id,) in red:
        visitor.open("/warnings?tier=red&lines=each")
        title = read_layer.read_warning_history(snapshot, EVERYTHING, warning_id=warning_id).iloc[-1]
        row = visitor.page.locator("#warnings-grid .ag-row", has_text=str(title["subject_title"]))
        row.first.click()  # click 1: the warning
        evidence = read_layer.read_warning_evidence(snapshot, EVERYTHING, warning_id=warning_id, period=PERIOD)
        filed = visitor.drawer().locator("#drawer-evidence .ag-row").filter(has_text=str(evidence["row"].iloc[0]))
        filed.first.click()  # click 2: the evidence; a third is to spare
        place = visitor.drawer().locator(".row-place")
        expect(place).to_contain_text(str(evidence["file_name"].iloc[0]))
        shown = place.locator("dd").all_inner_texts()
        wanted = [evidence["file_name"].iloc[0], evidence["sheet"].iloc[0], f"第 {evidence['row'].iloc[0]} 行"]
        assert shown[:3] == wanted


def test_the_filed_row_shows_what_was_filed(visitor: Visitor, snapshot: duckdb.DuckDBPyConnection) -> None:
    visitor.open(f"/?explain=warning:{leak_warning_id(snapshot)}")
    visitor.drawer().locator("#drawer-evidence .ag-row").first.click()
    filed = visitor.drawer().locator("#drawer-filed-row")
    expect(filed).to_contain_text(str(LEAK["incident_code"]))
    expect(filed.locator("tr", has_text="泄密")).to_contain_text("已确认")
    assert "confirmed" not in filed.inner_text()


def test_the_red_warning_stands_first_on_the_overview(visitor: Visitor) -> None:
    visitor.open("/")
    tiers = visitor.page.locator("#overview-warnings .warning-item")
    assert tiers.first.get_attribute("data-tier") == "red"
    tiers.first.click()
    expect(visitor.drawer()).to_contain_text("建议措施")
    expect(visitor.page.locator("h1")).to_have_text("总览")


def test_escape_closes_the_drawer_and_the_page_stays(visitor: Visitor) -> None:
    visitor.open(DRAWERS["a number"])
    visitor.drawer()
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator("aside.drawer")).to_have_count(0)
    expect(visitor.page).to_have_url(re.compile(r"/$"))


@pytest.mark.parametrize("indicator", ["trained_share", "overdue_open_per_100_organisations"])
def test_a_number_on_the_overview_is_the_read_layers_and_the_traces(
    visitor: Visitor, snapshot: duckdb.DuckDBPyConnection, leak_home: Path, indicator: str
) -> None:
    cells = read_layer.read_cells(snapshot, EVERYTHING, scope_code="650000", reading="area", period=PERIOD)
    cell = cells.set_index("indicator").loc[indicator]
    visitor.open("/")
    card = visitor.page.locator(f".key-figure[data-indicator={indicator}]")
    shown = card.locator(".key-value").inner_text()
    unit = "%" if cell["kind"] == "share" else "项"
    assert re.sub(r"\s", "", shown) == format_value(cell["value"], cell["kind"], unit).replace(" ", "")
    expect(card).to_contain_text(format_interval(cell["lower"], cell["upper"], cell["kind"]))

    command = ["trace", indicator, "650000", PERIOD, "--home", str(leak_home), "--json"]
    traced = json.loads(CliRunner().invoke(cli.app, command).stdout)
    assert traced["value"] == pytest.approx(cell["value"])

    card.click()
    drawer = visitor.drawer()
    expect(drawer.locator(".drawer-figure .key-value")).to_contain_text(shown.split()[0].rstrip("%项"))
    expect(drawer).to_contain_text(f"分子 {traced['numerator']:,.0f} / 分母 {traced['denominator']:,.0f}")


def test_the_worklist_is_filtered_by_a_click_and_the_url_says_so(
    visitor: Visitor, snapshot: duckdb.DuckDBPyConnection
) -> None:
    reds = snapshot.execute("SELECT count(*) FROM warnings WHERE period = ? AND tier = 'red'", [PERIOD]).fetchall()
    visitor.open("/warnings?lines=each")
    visitor.page.locator("#warnings-counts .filter-chip", has_text="一级红").click()
    expect(visitor.page).to_have_url(re.compile(r"tier=red"))
    expect(visitor.page.locator("#warnings-grid .ag-center-cols-container .ag-row")).to_have_count(reds[0][0])
    expect(visitor.page.locator("main.content")).to_contain_text(f"列出 {reds[0][0]} 件")


def test_a_list_is_printed_with_all_its_rows_and_its_heads_on_every_sheet(
    visitor: Visitor, snapshot: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    codes = {code for (code,) in snapshot.execute(
        "SELECT subject FROM warnings WHERE period = ? AND subject_title LIKE '%（SJ-%'", [PERIOD]).fetchall()}
    (total,) = snapshot.execute("SELECT count(*) FROM warnings WHERE period = ?", [PERIOD]).fetchone() or (0,)
    visitor.open("/warnings?lines=each")
    drawn = visitor.page.locator("#warnings-grid .ag-center-cols-container .ag-row")
    in_view = drawn.count()
    assert 0 < in_view < total
    visitor.page.pdf(path=tmp_path / "list.pdf", prefer_css_page_size=True)
    text = subprocess.run(["pdftotext", tmp_path / "list.pdf", "-"], capture_output=True, text=True, check=True).stdout
    sheets = ["".join(sheet.split()) for sheet in text.removesuffix("\f").split("\f")]
    assert len(sheets) > 1 and all("首次出现" in sheet for sheet in sheets)
    # A hyphen at the end of a line is read as one that only parts the word.
    assert codes and all(code.replace("-", "") in "".join(sheets).replace("-", "") for code in codes)
    # What is written out for paper leaves no trace on the screen.
    expect(visitor.page.locator(".written-out")).to_have_count(0)
    expect(drawn).to_have_count(in_view)
    visitor.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(visitor.page.locator(".written-out tbody tr")).to_have_count(total)
    visitor.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(visitor.page.locator(".written-out")).to_have_count(0)


def test_a_list_without_rows_says_so_on_paper_too(visitor: Visitor) -> None:
    visitor.open("/warnings?lines=each&tier=purple")
    empty = visitor.page.locator("main.content").get_by_text("没有符合条件的预警").first
    expect(empty).to_be_visible()
    visitor.page.emulate_media(media="print")
    visitor.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(empty).to_be_visible()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/?period=abc", "本发布版没有 abc 的数据"),
        ("/?period=2031-01", "本发布版没有 2031年1月 的数据"),
        ("/division?division=999999", "没有区划 999999"),
        ("/?snapshot=nonsense", "写法不对"),
        ("/?snapshot=2031-01.r1", "没有快照 2031-01.r1"),
        ("/nowhere", "没有这个页面"),
        ("/?explain=warning:none", "链接所指的内容不存在"),
        ("/?explain=cell:none:650000:area:2026-09", "链接所指的内容不存在"),
        ("/?explain=nonsense", "链接所指的内容不存在"),
        (f"/?explain=cell:trained_share:650000:area:{PERIOD}&row=a:b:c:d", "没有这一行"),
        ("/warnings?tier=purple&rule=none", "没有符合条件的预警"),
        ("/indicator?indicator=none", "问题按期整改率"),
    ],
)
def test_a_url_that_cannot_be_followed_is_told_in_chinese(visitor: Visitor, path: str, message: str) -> None:
    visitor.open(path)
    shell_place = visitor.page.locator(".shell")
    expect(shell_place).to_contain_text(message)
    assert not re.search(r"Traceback|Error|Exception|None|编号 [0-9a-f]{8}", shell_place.inner_text())


def test_an_older_release_can_be_looked_at_and_left(visitor: Visitor) -> None:
    visitor.open(f"/?snapshot={PERIOD}.r1")
    release = visitor.page.locator(".release")
    expect(release).to_contain_text(f"固定查看 {PERIOD}.r1")
    release.get_by_text("回到当前发布版").click()
    expect(release).to_contain_text(f"发布版 {PERIOD}.r2")
    expect(visitor.page).to_have_url(re.compile(r"/$"))


@pytest.mark.parametrize("path", PAGES)
def test_with_nothing_published_every_page_says_why_and_what_to_do(
    reader: BrowserContext, empty_address: str, path: str
) -> None:
    with visit(reader, empty_address) as visitor:
        content = visitor.open(path)
        expect(content).to_contain_text("还没有发布任何数据")
        expect(content).to_contain_text("平台只显示已发布的快照")
        expect(content).to_contain_text("oversight publish")


def open_anyway(url: str) -> Any:
    try:
        return urllib.request.urlopen(url)
    except urllib.error.HTTPError as refused:
        return refused


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/_dash-layout", "/_dash-dependencies"])
def test_every_answer_carries_a_policy_that_lets_nothing_in(address: str, path: str) -> None:
    # Not signed in: pages lead to the sign-in page, the rest is refused; each answer carries the policy.
    with open_anyway(address + path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    directives = {name: values for name, *values in (part.split() for part in policy.split(";"))}
    assert directives["default-src"] == ["'none'"]
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in directives["script-src"]
    assert "http" not in policy
    assert "*" not in policy


def test_the_browser_refuses_a_script_that_the_page_did_not_bring(visitor: Visitor) -> None:
    visitor.open("/")
    script = "Object.assign(document.createElement('script'), {textContent: 'window.injected = 1'})"
    inject = f"document.body.append({script})"
    assert visitor.page.evaluate(f"() => {{ {inject}; return typeof window.injected; }}") == "undefined"
    assert all("Content Security Policy" in fault for fault in visitor.faults)
    visitor.faults.clear()
