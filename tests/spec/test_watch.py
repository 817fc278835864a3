"""The desk that watches the inbox: complete files only, each laid aside beside its receipt, whatever gets in the way.

Nothing here sleeps: time is a hand that the test moves, and what runs by itself is waited for by its outcome.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import cli
from pipelines import watching
from pipelines.faults import IntakeError
from pipelines.home import Home
from pipelines.ledger import read_filings
from pipelines.watching import (
    SETTLED_AFTER,
    SETTLED_AFTER_IF_UNSURE,
    Taken,
    Watch,
    is_open_for_writing,
    open_watch,
    watch,
)
from pipelines.web_uploads import upload_folder
from tests.filings import FINDING, ORGANISATION, write_filing

ROOT = Path(cli.__file__).parent


class Clock:
    """Time that moves when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The pool of a watch, shared: starting it is what takes long."""
    root = tmp_path_factory.mktemp("warm")
    with open_watch(Home(root / "home").create(), root / "inbox") as watcher:
        yield watcher._pool


@pytest.fixture
def desk(tmp_path: Path, warm: Any) -> tuple[Watch, Clock, Path]:
    clock, home, inbox = Clock(), Home(tmp_path / "home").create(), tmp_path / "inbox"
    inbox.mkdir()
    return Watch(home, inbox, warm, clock=clock), clock, inbox


def ready(desk: tuple[Watch, Clock, Path]) -> list[str]:
    """Names that are complete after two looks with nothing changing in between."""
    watcher, clock, _ = desk
    watcher.look()
    clock.now += SETTLED_AFTER
    return [path.name for path in watcher.look()]


def register(folder: Path, name: str = "名录.xlsx") -> Path:
    return write_filing(folder, "organisations", "652901", "2026Q2", [ORGANISATION], name=name)


def laid(inbox: Path) -> dict[str, list[str]]:
    """Files in each folder of outcomes."""
    return {
        folder.name: sorted(path.name for path in folder.rglob("*") if path.is_file())
        for folder in sorted(inbox.iterdir())
        if folder.is_dir()
    }


def test_a_file_is_complete_at_the_second_look_that_finds_it_unchanged(desk: tuple[Watch, Clock, Path]) -> None:
    watcher, clock, inbox = desk
    register(inbox)
    assert watcher.look() == []
    clock.now += SETTLED_AFTER - 0.01
    assert watcher.look() == []
    clock.now += 0.01
    assert [path.name for path in watcher.look()] == ["名录.xlsx"]


def test_a_file_that_is_copied_in_pieces_waits_for_its_last_piece(
    desk: tuple[Watch, Clock, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher, clock, inbox = desk
    content = register(tmp_path).read_bytes()
    target = inbox / "名录.xlsx"
    monkeypatch.setattr(watching, "is_open_for_writing", lambda path: None)  # a share that cannot tell
    for start in range(0, len(content), 4000):
        with target.open("ab") as file:
            file.write(content[start : start + 4000])
        clock.now += SETTLED_AFTER_IF_UNSURE - 0.01  # each pause is just short of it
        assert watcher.look() == []
    clock.now += SETTLED_AFTER_IF_UNSURE
    taken = watcher.take(watcher.look())
    assert [one.receipt.status for one in taken] == ["accepted"]


def test_a_file_that_somebody_still_writes_is_not_touched(desk: tuple[Watch, Clock, Path], tmp_path: Path) -> None:
    _, _, inbox = desk
    content = register(tmp_path).read_bytes()
    target = inbox / "名录.xlsx"
    with target.open("wb") as file:
        file.write(content[:3000])
        file.flush()
        if is_open_for_writing(target) is None:
            pytest.skip("this file system does not tell who writes")
        assert is_open_for_writing(target) is True
        assert ready(desk) == []
        assert ready(desk) == []
        file.write(content[3000:])
    assert is_open_for_writing(target) is False
    assert ready(desk) == ["名录.xlsx"]


def test_what_is_no_filing_is_never_looked_at(desk: tuple[Watch, Clock, Path]) -> None:
    _, _, inbox = desk
    for name in ("a.xlsx.part", "b.tmp", "~$名录.xlsx", ".hidden.xlsx", "c.crdownload", "收件登记.csv", "Thumbs.db"):
        (inbox / name).write_bytes(b"x")
    for folder in watching.FOLDERS.values():
        (inbox / folder / "2026-10-01").mkdir(parents=True, exist_ok=True)
        (inbox / folder / "2026-10-01" / "旧.xlsx").write_bytes(b"x")
    (inbox / "link.xlsx").symlink_to("/etc/hostname")
    (inbox / "阿克苏").mkdir()
    register(inbox / "阿克苏")
    assert ready(desk) == ["名录.xlsx"]  # a folder that is laid in is opened


def test_each_outcome_has_its_folder_with_the_receipt_beside_it(desk: tuple[Watch, Clock, Path]) -> None:
    watcher, clock, inbox = desk
    register(inbox)
    write_filing(inbox, "findings", "652901", "2026-07", [{**FINDING, "severity": None}], name="整改.xlsx")
    (inbox / "坏表.xlsx").write_bytes(b"no workbook")
    watcher.look()
    clock.now += SETTLED_AFTER
    taken = {one.receipt.status: one for one in watcher.take(watcher.look())}
    numbers = {status: one.receipt.receipt_no for status, one in taken.items()}
    assert set(numbers) == {"accepted", "returned", "refused"}
    assert laid(inbox) == {
        "已接收": [f"{numbers['accepted']}.json", f"{numbers['accepted']}.pdf", f"{numbers['accepted']}_名录.xlsx"],
        "已退回": [f"{numbers['returned']}.json", f"{numbers['returned']}.pdf", f"{numbers['returned']}_整改.xlsx",
                 f"{numbers['returned']}_退回件.xlsx"],
        "已拒收": [f"{numbers['refused']}.json", f"{numbers['refused']}.pdf", f"{numbers['refused']}_坏表.xlsx"],
    }  # fmt: skip
    assert not [path for path in inbox.iterdir() if path.is_file()]
    assert all(one.path.exists() for one in taken.values())


def test_the_same_file_again_gets_the_same_receipt(desk: tuple[Watch, Clock, Path], tmp_path: Path) -> None:
    watcher, _, inbox = desk
    numbers = []
    for name in ("一.xlsx", "二.xlsx"):
        register(inbox, name)
        ready(desk)
        numbers += [one.receipt.receipt_no for one in watcher.take([inbox / name])]
    assert numbers[0] == numbers[1]
    assert len(laid(inbox)["已接收"]) == 4  # both files, one receipt


def upload(inbox: Path, filer: str | None, token: str = "0123456789ab") -> Path:
    """A register of 652901 as the page lays it there for an account of `filer`."""
    folder = upload_folder(inbox, token, filer)
    folder.mkdir()
    return register(folder)


@pytest.mark.parametrize(
    ("filer", "outcome"), [("652901", "accepted"), (None, "accepted"), ("653222", "refused"), ("652900", "refused")]
)
def test_an_upload_files_for_its_own_division_only(
    desk: tuple[Watch, Clock, Path], filer: str | None, outcome: str
) -> None:
    watcher, _, inbox = desk
    (taken,) = watcher.take([upload(inbox, filer)])
    assert taken.receipt.status == outcome
    (record,) = read_filings(watcher._home).to_dict("records")
    if outcome == "refused":
        assert record["refusal_code"] == "filed_by_another"
        assert "不是上传账号的单位" in record["refusal_message"]
        assert pd.isna(record["division_code"])  # nothing of it goes into the history of 652901


@pytest.mark.parametrize("order", [("652901", "653222"), ("653222", "652901")])
def test_the_same_file_by_two_accounts_is_judged_for_each(
    desk: tuple[Watch, Clock, Path], order: tuple[str, str]
) -> None:
    watcher, _, inbox = desk
    paths = [upload(inbox, filer, f"{number:012x}") for number, filer in enumerate(order)]
    taken = watcher.take(paths)
    statuses = {one.receipt.path.parent.name.split("_")[1]: one.receipt.status for one in taken}
    assert statuses["652901"] == "accepted"
    # Once it is on file the other account is told so, by the receipt that it has; it files nothing by it.
    assert statuses["653222"] in ("accepted", "refused")
    found = read_filings(watcher._home)
    assert (found["status"] == "accepted").sum() == 1


def run_until(watcher: Watch, is_enough: Any, told: list[str], taken: list[Taken]) -> None:
    """Run the watch in this thread until something is the case; a time limit in case it never is."""
    stop = threading.Event()

    def check(*_: object) -> None:
        if is_enough():
            stop.set()

    guard = threading.Timer(60, stop.set)
    guard.start()
    watch(watcher, stop, lambda one: (taken.append(one), check()), lambda text: (told.append(text), check()))
    guard.cancel()
    assert is_enough()


def test_a_busy_home_is_waited_for(tmp_path: Path, warm: Any) -> None:
    home, inbox = Home(tmp_path / "home").create(), tmp_path / "inbox"
    inbox.mkdir()
    register(inbox)
    told: list[str] = []
    taken: list[Taken] = []
    with home.locked():
        run_until(Watch(home, inbox, warm), lambda: told, told, taken)
    assert "另一个收件正在进行" in told[0]
    assert "自动再试" in told[0]
    assert (inbox / "名录.xlsx").exists()
    run_until(Watch(home, inbox, warm), lambda: taken, told, taken)
    assert taken[0].receipt.status == "accepted"


def test_a_file_that_breaks_the_program_is_left_alone_and_the_others_are_taken(
    tmp_path: Path, warm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, inbox = Home(tmp_path / "home").create(), tmp_path / "inbox"
    inbox.mkdir()
    register(inbox)
    write_filing(inbox, "findings", "652901", "2026-07", [FINDING], name="毒.xlsx")
    honest = watching.intake

    def breaking(place: Home, paths: Any, **more: Any) -> Any:
        if any("毒" in path.name for path in paths):
            raise ZeroDivisionError("毒")
        return honest(place, paths, **more)

    monkeypatch.setattr(watching, "intake", breaking)
    told: list[str] = []
    taken: list[Taken] = []
    run_until(Watch(home, inbox, warm), lambda: told and taken, told, taken)
    assert [one.receipt.file_name for one in taken] == ["名录.xlsx"]
    assert told == ["毒.xlsx：程序内部出错（ZeroDivisionError：毒），文件留在原处，请交系统管理员"]
    assert (inbox / "毒.xlsx").exists()


def test_a_file_that_was_set_aside_is_tried_again_once_it_changes(desk: tuple[Watch, Clock, Path]) -> None:
    watcher, _, inbox = desk
    path = register(inbox)
    assert ready(desk) == ["名录.xlsx"]
    watcher.set_aside(path)
    assert ready(desk) == []
    os.utime(path, (1, 1))
    assert ready(desk) == ["名录.xlsx"]


def test_two_watches_never_look_at_one_inbox(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    home.inbox.mkdir()
    with (home.inbox / ".watch.lock").open("w") as lock:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IntakeError, match="已有一个值守程序"), open_watch(home):
            pass
    (tmp_path / "file").write_text("")
    with pytest.raises(IntakeError, match="用不了"), open_watch(home, tmp_path / "file"):
        pass


def test_the_command_takes_a_file_and_stops_when_it_is_told_to(tmp_path: Path) -> None:
    home, inbox = tmp_path / "home", tmp_path / "inbox"
    inbox.mkdir()
    arguments = [sys.executable, str(ROOT / "cli.py"), "watch", str(inbox), "--home", str(home), "--json"]
    desk = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert desk.stdout is not None
    assert desk.stderr is not None
    try:
        assert "正在值守" in desk.stderr.readline()
        register(tmp_path).replace(inbox / "名录.xlsx")
        told = json.loads(desk.stdout.readline())
        assert (told["status"], told["receipt_no"]) == ("accepted", "HZ-" + told["receipt_no"].removeprefix("HZ-"))
        assert Path(told["moved_to"]).parent.parent.name == "已接收"
        desk.send_signal(signal.SIGTERM)
        _, last = desk.communicate(timeout=60)
    finally:
        desk.kill()
    assert desk.returncode == cli.DONE
    assert "值守已停止" in last
    assert len(read_filings(Home(home))) == 1
