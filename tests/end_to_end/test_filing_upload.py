"""Handing in through the page, in a real browser with a real watch: receipt and marked workbook within seconds."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, expect, sync_playwright

import cli
from pipelines.home import Home
from tests.browser import CHROMIUM, CHROMIUM_ARGUMENTS, LEAK, PERIOD, file_a_leak, live_server, visit
from tests.filings import write_filing


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, built_home: Path) -> Home:
    return Home(file_a_leak(built_home, tmp_path_factory.mktemp("upload")))


@pytest.fixture(scope="module")
def reader() -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        browser.close()


@contextmanager
def watching(home: Home) -> Iterator[None]:
    command = [sys.executable, cli.__file__, "watch", "--home", str(home.root)]
    watcher = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert watcher.stdout
        watcher.stdout.readline()  # it says when it is ready
        yield
    finally:
        os.kill(watcher.pid, signal.SIGTERM)
        watcher.communicate(timeout=60)


def test_a_filing_is_uploaded_checked_and_comes_back_marked(reader: BrowserContext, home: Home, tmp_path: Path) -> None:
    bad = {**LEAK, "incident_code": "SJ-652901-9002", "reported_at": datetime(2026, 9, 19, 9)}  # before it was found
    path = write_filing(tmp_path, "incidents", "652901", PERIOD, [bad])
    with live_server(home.root) as address, visit(reader, address) as visitor:
        visitor.open("/filings")
        page, result = visitor.page, visitor.page.locator("#filings-upload-result")
        expect(page.locator(".upload-row")).to_contain_text("没有在值守")
        page.locator("#filings-upload input").set_input_files(path)
        expect(result).to_contain_text("已放进收件夹")
        with watching(home):
            expect(result).to_contain_text("已退回", timeout=60_000)
            expect(result).to_contain_text("强制性")
            with page.expect_download() as download:
                result.get_by_text("下载标好问题的工作簿").click()
            book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
            assert "问题清单" in " ".join(book.sheetnames)
    assert [entry.name for entry in home.inbox.iterdir() if entry.name.startswith("网页")] == []


def test_a_receipt_that_is_not_there_is_not_found(reader: BrowserContext, home: Home) -> None:
    with live_server(home.root) as address:
        for number in ("HZ-2026-999999", "x"):
            assert reader.request.get(f"{address}/download/returned/{number}").status == 404
