"""Names and bytes that a browser sends: what is laid in the inbox, and what is told instead."""

import base64
import fcntl
from pathlib import Path

import pytest

from dashboard import uploading
from dashboard.uploading import Upload, lay_in_inbox, outcome_of, returned_workbook, safe_name
from metrics.read_layer import EVERYTHING
from pipelines.home import Home


def sent(data: bytes) -> str:
    return "data:application/octet-stream;base64," + base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("findings_652901_2026-09.xlsx", "findings_652901_2026-09.xlsx"),
        ("../../ledger.sqlite", "ledger.sqlite"),
        ("C:\\报表\\问题整改.xlsx", "问题整改.xlsx"),
        (".hidden.xlsx", "hidden.xlsx"),
        ("~$临时.xlsx", "临时.xlsx"),
        ("a\x00b\n.xlsx", "a_b_.xlsx"),
        ("", "未命名.xlsx"),
        ("长" * 200 + ".xlsx", "长" * 115 + ".xlsx"),
    ],
)
def test_a_name_never_leaves_the_inbox_and_is_never_overlooked_by_the_watch(name: str, clean: str) -> None:
    assert safe_name(name) == clean


def test_a_file_lies_whole_in_the_inbox_and_waits(tmp_path: Path) -> None:
    home = Home(tmp_path)
    (upload,) = lay_in_inbox(home, [sent(b"content")], ["a.xlsx"])
    (laid,) = home.inbox.glob("*/a.xlsx")
    assert laid.read_bytes() == b"content"
    assert outcome_of(home, upload, EVERYTHING).is_waiting
    laid.unlink()  # the watch took it
    outcome = outcome_of(home, upload, EVERYTHING)
    assert (outcome.is_waiting, outcome.records, list(home.inbox.iterdir())) == (False, (), [])


def test_what_cannot_be_taken_is_told_and_not_laid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "MOST_BYTES", 4)
    monkeypatch.setattr(uploading, "MOST_FILES", 3)
    contents = [sent(b"12345"), sent(b""), "data:,base64,???", sent(b"1234")]
    uploads = lay_in_inbox(Home(tmp_path), contents, ["a", "b", "c", "d"])
    assert [bool(one.problem) for one in uploads] == [True, True, True, True]
    assert not (tmp_path / "inbox").exists()
    (taken,) = lay_in_inbox(Home(tmp_path), [sent(b"1234")], ["d"])
    assert taken.problem == ""


@pytest.mark.parametrize("number", ["../x", "HZ-2026-000001*", "", "HZ 1"])
def test_a_receipt_number_is_no_path(tmp_path: Path, number: str) -> None:
    home = Home(tmp_path).create()
    (home.returned / "HZ-2026-000001_a.xlsx").write_bytes(b"x")
    assert returned_workbook(home, number) is None
    assert returned_workbook(home, "HZ-2026-000001") == home.returned / "HZ-2026-000001_a.xlsx"


def test_whether_somebody_watches_is_seen_by_the_lock(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert not home.is_watched()
    home.inbox.mkdir()
    with (home.inbox / ".watch.lock").open("w") as lock:
        assert not home.is_watched()
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert home.is_watched()
    assert not home.is_watched()
    assert outcome_of(home, Upload("", "a", "", "", "problem"), EVERYTHING).records == ()


@pytest.mark.parametrize(
    "change", [{"token": "../../archive"}, {"token": ""}, {"file_name": "../a.xlsx"}, {"sha256": 3}, {"more": "x"}]
)
def test_what_a_browser_sends_back_is_an_upload_or_refused(change: dict[str, object]) -> None:
    good = Upload("0123456789ab", "a.xlsx", "0" * 64, "2026-10-01 10:00:00").to_dict()
    assert Upload.of(good).to_dict() == good
    with pytest.raises(ValueError, match="不是上传记录"):
        Upload.of({**good, **change})
