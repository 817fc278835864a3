"""Disk full or read-only, ledger locked, clock set back, snapshot damaged: told plainly, and nothing is lost."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import cli
from dashboard.library import Library
from metrics.snapshot import SnapshotUnreadable
from pipelines import ledger_files, snapshots
from pipelines.building import build
from pipelines.events import Event
from pipelines.home import Home
from pipelines.intake import intake
from pipelines.ledger import LedgerError, open_ledger, read_filings
from pipelines.machine_faults import MachineFaultError, telling_machine_faults
from pipelines.steady_clock import BRIDGED, ClockError, steady_now
from pipelines.verifying import verify
from tests.filings import write_filing

ROOT = Path(cli.__file__).parent
OVERSIGHT = f"{sys.executable} -c 'from cli import main; main()'"


def in_a_world_of_its_own(script: str) -> str:
    """Output of a shell script that may mount what it likes; where only root may, it becomes root of its own world."""
    command = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    done = subprocess.run([*command, "sh", "-ec", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_full_disk_stops_the_intake_with_a_plain_word_and_room_lets_it_go_on(
    simulated_region: Path, tmp_path: Path
) -> None:
    folder, disk = tmp_path / "filings", tmp_path / "disk"
    folder.mkdir()
    disk.mkdir()
    faults = json.loads((simulated_region / "truth.json").read_text(encoding="utf-8"))["faults"]
    returned = next(simulated_region / fault["file"] for fault in faults if fault["outcome"] == "returned")
    for path in {*sorted(simulated_region.glob("报送/*/*"))[::40], returned}:
        shutil.copy(path, folder)
    told = in_a_world_of_its_own(f"""
        mount -t tmpfs -o size=300k tmpfs {disk}
        {OVERSIGHT} intake {folder} --home {disk}/home && exit 9 || echo "first $?"
        mount -o remount,size=200m tmpfs {disk}
        {OVERSIGHT} intake {folder} --home {disk}/home > /dev/null || echo "second $?"
        {OVERSIGHT} verify --home {disk}/home --json | grep is_whole
    """)
    assert "first 2" in told and "磁盘已满" in told and "再运行一次即接着做" in told
    assert "second 1" in told  # one is returned
    assert '"is_whole": true' in told


def test_a_read_only_home_is_told_and_still_read(built_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(built_home, home)
    (tmp_path / "f.csv").write_text("x")
    told = in_a_world_of_its_own(f"""
        mount --bind {home} {home}
        mount -o remount,ro,bind {home}
        {OVERSIGHT} intake {tmp_path}/f.csv --home {home} && exit 9 || echo "intake $?"
        {OVERSIGHT} build --home {home} && exit 9 || echo "build $?"
        {OVERSIGHT} verify --home {home} --json | grep is_whole
        {OVERSIGHT} backup {tmp_path}/backup --home {home} > /dev/null && echo "backup $?"
    """)
    assert "intake 2" in told and "build 2" in told and told.count("磁盘是只读的") == 2
    assert '"is_whole": true' in told and "backup 0" in told


@pytest.mark.parametrize(("number", "word"), [(28, "磁盘已满"), (30, "只读"), (13, "权限"), (5, "磁盘读写出错")])
def test_an_error_of_the_system_is_told_by_what_to_do(number: int, word: str) -> None:
    with pytest.raises(MachineFaultError, match=word), telling_machine_faults("收件"):
        raise OSError(number, "…", "archive/ab")
    with pytest.raises(FileNotFoundError), telling_machine_faults("收件"):  # this one is ours
        raise FileNotFoundError(2, "…")


def test_a_ledger_held_by_another_process_is_waited_for_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path).create()
    with open_ledger(home.ledger):
        pass
    monkeypatch.setattr(ledger_files, "LOCK_SECONDS", 0.05)
    filing = write_filing(tmp_path, "findings", "652901", "2026-07", [])
    with closing(sqlite3.connect(home.ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises((LedgerError, MachineFaultError), match="被另一个程序占用"):
            intake(home, [filing], now=datetime(2026, 8, 8))
        other.execute("ROLLBACK")
    assert len(intake(home, [filing], now=datetime(2026, 8, 8)).receipts) == 1


def entered(home: Home) -> datetime:
    """The time at which something was entered last: the real clock's."""
    with open_ledger(home.ledger) as opened:
        opened.add([], [], [Event(at=datetime(2026, 1, 1), kind="period_opened", actor="收报岗", reason="提前收报",
                                  period="2026-01", contract="findings")])  # fmt: skip
    (text,) = sqlite3.connect(home.ledger).execute("SELECT max(recorded_at) FROM events").fetchone()
    return datetime.fromisoformat(text)


def test_a_clock_a_little_behind_is_bridged_and_one_far_behind_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    assert steady_now(home, datetime(2020, 1, 1)) == datetime(2020, 1, 1)  # nothing entered yet
    last = entered(home)
    after = last + timedelta(seconds=1)
    assert steady_now(home, after) == after
    assert steady_now(home, last) == last
    assert steady_now(home, last - timedelta(seconds=1)) == last
    assert steady_now(home, last - BRIDGED) == last
    with pytest.raises(ClockError, match="时钟可能被拨回"):
        steady_now(home, last - BRIDGED - timedelta(seconds=1))


@pytest.fixture
def twice_published(built_home: Path, tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    shutil.copytree(built_home, home.root)
    first = snapshots.snapshot_path(home, str(snapshots.current_snapshot_id(home)))
    second = first.with_name("2026-09.r9.duckdb")
    shutil.copy(first, second)
    snapshots.publish(home, "2026-09.r9")
    return home


def damage(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.unlink()  # a file that is open elsewhere stays as it is
    path.write_bytes(content)


@pytest.mark.parametrize("place", [0, 100_000, -20_000])
def test_where_the_current_snapshot_is_damaged_the_one_published_before_is_served(
    twice_published: Home, place: int
) -> None:
    library = Library(twice_published.root)
    assert library.open().snapshot_id == "2026-09.r9"
    damage(snapshots.snapshot_path(twice_published, "2026-09.r9"), place)
    assert Library(twice_published.root).open().snapshot_id == "2026-09.r1"
    found = [one for one in verify(twice_published).findings if one.is_damage]
    assert {one.place for one in found} == {"snapshots/2026-09.r9.duckdb", "snapshots/current"}
    with pytest.raises(snapshots.SnapshotError, match="损坏"):
        snapshots.publish(twice_published, "2026-09.r9")
    assert snapshots.publish(twice_published, "2026-09.r1") == "2026-09.r1"


def test_where_none_is_whole_the_damage_is_told(twice_published: Home) -> None:
    for name in ("2026-09.r1", "2026-09.r9"):
        damage(snapshots.snapshot_path(twice_published, name), 100_000)
    with pytest.raises(SnapshotUnreadable, match="损坏"):
        Library(twice_published.root).open()


def test_a_damaged_snapshot_stands_in_nobodys_way(twice_published: Home, tmp_path: Path) -> None:
    damage(snapshots.snapshot_path(twice_published, "2026-09.r9"), 0)
    before = len(read_filings(twice_published))
    filing = write_filing(tmp_path, "findings", "652901", "2026-09", [], name="新.xlsx")
    intake(twice_published, [filing])
    assert len(read_filings(twice_published)) == before + 1
    assert snapshots.publish(twice_published, build(twice_published)) == "2026-09.r10"
    assert Library(twice_published.root).open().snapshot_id == "2026-09.r10"
