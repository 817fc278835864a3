"""A backup is whole whenever it is made; a home restored from it verifies and builds to equal values."""

import fcntl
import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cli import main
from dashboard.saved_scenarios import list_scenarios, save_scenario
from metrics.scenarios import Scenario
from pipelines import backups, snapshots
from pipelines.accounts.administration import SERVER as SHELL
from pipelines.accounts.administration import set_disabled
from pipelines.accounts.audit import read_audit, verify_audit
from pipelines.accounts.signing_on import sign_in
from pipelines.accounts.store import list_accounts, read_rows
from pipelines.archive import archive_path
from pipelines.backups import BackupError, back_up, list_manifests, object_path, read_manifest
from pipelines.building import build
from pipelines.home import Home
from pipelines.ledger import open_ledger, read_filings
from pipelines.papers.templates import copy_templates, own_templates
from pipelines.restoring import MARKER, restore
from pipelines.verifying import verify
from pipelines.verifying_rebuild import differing_tables
from tests.accounts import ANALYST, PASSWORD, SETTINGS, add_account
from tests.killing import SERVER
from tests.killing_work import take_in

NIGHT = datetime(2026, 11, 25, 3, 0)


@pytest.fixture(scope="module")
def home(built_home: Path) -> Home:
    return Home(built_home)


@pytest.fixture(scope="module")
def backup(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the small region; not to be changed."""
    target = tmp_path_factory.mktemp("backup")
    assert back_up(home, target, now=NIGHT).missing == ()
    return target


def test_a_restored_home_is_whole_serves_the_same_snapshot_and_builds_to_equal_values(
    home: Home, backup: Path, tmp_path: Path
) -> None:
    done = restore(backup, Home(tmp_path / "new"))
    assert done.verification.is_whole
    assert (done.manifest.stem, done.staged_filings > 50) == ("20261125-030000", True)
    back = Home(tmp_path / "new")
    current = snapshots.current_snapshot_id(back)
    assert current == snapshots.current_snapshot_id(home)
    count, differing = differing_tables(
        snapshots.snapshot_path(home, str(current)), snapshots.snapshot_path(back, build(back))
    )
    assert count > 30 and differing == []
    assert not (back.root / MARKER).exists()


def test_a_second_backup_copies_only_what_is_new(home: Home, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    first = back_up(home, target, now=NIGHT)
    again = back_up(home, target, now=NIGHT)
    assert first.new_files > 50 and first.files == again.files
    assert again.new_files == 0
    assert [path.stem for path in list_manifests(target)] == ["20261125-030000", "20261125-030000-2"]


def test_objects_are_named_by_their_content_and_the_manifest_names_them_all(home: Home, backup: Path) -> None:
    manifest = read_manifest(backup / "manifests" / "20261125-030000.json")
    places = {file.path for file in manifest.files}
    assert {"ledger.sqlite", "snapshots/current"} <= places
    kept = read_filings(home).query("status != 'refused'")["sha256"]
    assert {f"archive/{sha256[:2]}/{sha256}" for sha256 in kept} <= places
    assert all(object_path(backup, file.sha256).stat().st_size == file.size for file in manifest.files)
    assert manifest.seal.partition(":")[0].isdigit()


def test_only_an_empty_folder_is_restored_to(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "notes.txt").write_text("x")
    with pytest.raises(BackupError, match="不是空的"):
        restore(backup, Home(tmp_path / "used"))
    assert [path.name for path in (tmp_path / "used").iterdir()] == ["notes.txt"]


def test_a_restore_that_was_interrupted_can_be_begun_again(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / MARKER).touch()
    (tmp_path / "half" / "archive").mkdir()
    assert restore(backup, Home(tmp_path / "half")).verification.is_whole


def damaged_copy(backup: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "copy"
    shutil.copytree(backup, copy)
    return copy


def test_a_damaged_backup_is_told_and_nothing_passes_for_restored(backup: Path, tmp_path: Path) -> None:
    copy = damaged_copy(backup, tmp_path)
    (path,) = list_manifests(copy)
    file = next(file for file in read_manifest(path).files if file.path.startswith("archive/"))
    content = object_path(copy, file.sha256).read_bytes()
    object_path(copy, file.sha256).write_bytes(b"x" + content[1:])
    with pytest.raises(BackupError, match=rf"{file.path}.*已损坏"):
        restore(copy, Home(tmp_path / "a"))
    assert (tmp_path / "a" / MARKER).exists() and not (tmp_path / "a" / "ledger.sqlite").exists()
    object_path(copy, file.sha256).unlink()
    with pytest.raises(BackupError, match=rf"{file.path}.*缺失"):
        restore(copy, Home(tmp_path / "b"))
    path.write_text(path.read_text(encoding="utf-8").replace(file.path, "archive/aa/x"), encoding="utf-8")
    with pytest.raises(BackupError, match=r"清单.*被改动"):
        restore(copy, Home(tmp_path / "c"))
    path.write_bytes(b"\xff{")
    with pytest.raises(BackupError, match=r"清单.*损坏"):
        restore(copy, Home(tmp_path / "c"))
    assert not (tmp_path / "b").exists() and not (tmp_path / "c").exists()


def test_a_place_outside_the_home_is_not_written(backup: Path, tmp_path: Path) -> None:
    copy = damaged_copy(backup, tmp_path)
    (path,) = list_manifests(copy)
    body = json.loads(path.read_text(encoding="utf-8"))
    body.pop("sha256")
    body["files"][0]["path"] = "../outside"
    path.write_text(json.dumps({**body, "sha256": backups._digest(body)}, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(BackupError, match="出了数据目录"):
        restore(copy, Home(tmp_path / "home"))
    assert not (tmp_path / "outside").exists()


def test_what_is_damaged_in_the_home_is_told_and_the_rest_is_kept(home: Home, tmp_path: Path) -> None:
    copy = Home(tmp_path / "home")
    shutil.copytree(home.root, copy.root)
    one, other = read_filings(copy).query("status == 'accepted'")["sha256"].tolist()[:2]
    archive_path(copy, one).write_bytes(b"rotten")
    archive_path(copy, other).unlink()
    done = back_up(copy, tmp_path / "backup")
    assert done.missing == (
        f"archive/{one[:2]}/{one}：内容与校验值不符，已损坏", f"archive/{other[:2]}/{other}：文件缺失")  # fmt: skip
    assert not object_path(tmp_path / "backup", one).exists()
    assert read_manifest(done.manifest).missing == done.missing


def test_too_little_room_is_told_before_anything_is_copied(home: Home, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"空间不够：还需 .* MB，可用 17 MB"):
        back_up(home, tmp_path / "backup", free_bytes=lambda folder: 17_000_000)
    assert list((tmp_path / "backup").glob("objects/??/*")) == [] == list_manifests(tmp_path / "backup")


def test_a_backup_into_the_home_itself_or_beside_another_is_refused(home: Home, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="在数据目录里面"):
        back_up(home, home.root / "backup")
    target = tmp_path / "backup"
    target.mkdir()
    with (target / ".lock").open("w") as lock, pytest.raises(BackupError, match="另一个备份"):
        fcntl.flock(lock, fcntl.LOCK_EX)
        back_up(home, target)


def test_backups_made_while_filings_are_taken_in_are_each_whole(simulated_region: Path, tmp_path: Path) -> None:
    folder, home, target = tmp_path / "filings", Home(tmp_path / "home"), tmp_path / "backup"
    folder.mkdir()
    shutil.copy(simulated_region / "收件登记.csv", folder)
    for path in sorted(simulated_region.glob("报送/*/*"))[::12]:  # few, to keep the intake short
        (folder / path.relative_to(simulated_region)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder / path.relative_to(simulated_region))
    home.create()
    worker = SERVER.Process(target=take_in, args=(home.root, folder))
    worker.start()
    counts = []
    while worker.is_alive():
        done = back_up(home, target)
        assert done.missing == ()
        counts.append(done.files)
    worker.join()
    assert worker.exitcode == 0
    assert len(set(counts)) > 2, "backups fell between chunks of the intake"
    assert counts[0] < counts[-1]
    during = [path for path in list_manifests(target) if any(
        file.path == "ledger.sqlite" for file in read_manifest(path).files)]  # fmt: skip
    for number, path in enumerate((during[0], during[len(during) // 2], during[-1])):
        found = restore(target, Home(tmp_path / f"restored-{number}"), manifest=path.stem).verification
        assert found.findings == () or not any(one.is_damage for one in found.findings)
    assert verify(home).is_whole


def test_the_commands_back_up_and_restore(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as leaving:
            main(list(arguments))
        captured = capsys.readouterr()
        return int(leaving.value.code or 0), captured.out + captured.err

    code, told = run("backup", str(tmp_path / "backup"), "--home", str(home.root))
    assert code == 0 and "已备份" in told
    code, told = run("restore", str(tmp_path / "backup"), "--home", str(tmp_path / "new"))
    assert code == 0 and "完好。" in told
    code, told = run("restore", str(tmp_path / "backup"), "--home", str(tmp_path / "new"))
    assert code == 2 and "不是空的" in told
    code, told = run("restore", str(tmp_path / "none"), "--home", str(tmp_path / "other"))
    assert code == 2 and "没有备份" in told
    code, told = run("restore", str(tmp_path / "backup"), "--home", str(tmp_path / "other"), "--at", "20200101-000000")
    assert code == 2 and "现有" in told


@pytest.fixture
def kept(tmp_path: Path) -> Home:
    """A home with two accounts, one of them signed in, and everything that people keep beside filings."""
    home = Home(tmp_path / "kept").create()
    with open_ledger(home.ledger):
        pass
    for account_id in (ANALYST, "urumqi-test-2"):
        add_account(home, account_id, "analyst", "650000", NIGHT)
    sign_in(home, ANALYST, PASSWORD, now=NIGHT, address="127.0.0.1", settings=SETTINGS)
    home.access_settings.write_text("idle_minutes: 20\n")
    copy_templates(home)
    (home.paper_templates / "~$提示函.docx").write_bytes(b"open in Word")
    save_scenario(home, "春季", Scenario(tighten=5), account=ANALYST, snapshot_id="2026-09.r1", period="2026-09")
    return home


def test_accounts_settings_own_templates_and_scenarios_are_put_back(kept: Home, tmp_path: Path) -> None:
    back_up(kept, tmp_path / "backup", now=NIGHT)
    back = Home(tmp_path / "back")
    assert restore(tmp_path / "backup", back).verification.findings == ()
    assert list_accounts(back) == list_accounts(kept)
    assert back.accounts.stat().st_mode & 0o077 == 0
    assert back.access_settings.read_text() == "idle_minutes: 20\n"
    assert list_scenarios(back) == list_scenarios(kept) != []
    own = {path.name: path.read_bytes() for path in own_templates(kept)}
    assert {path.name: path.read_bytes() for path in back.paper_templates.iterdir()} == own != {}
    assert [entry.subject for entry in read_audit(back, kind="restored")] == ["20261125-030000"]
    assert verify_audit(back) == []


def test_no_session_is_backed_up_or_put_back(kept: Home, tmp_path: Path) -> None:
    hashes = [row["token_hash"] for row in read_rows(kept, "SELECT token_hash FROM sessions")]
    back_up(kept, tmp_path / "backup", now=NIGHT)
    assert len(read_rows(kept, "SELECT * FROM sessions")) == len(hashes) > 0  # who is signed in stays so
    objects = [path for path in (tmp_path / "backup" / "objects").rglob("*") if path.is_file()]
    assert objects and not any(one.encode() in path.read_bytes() for path in objects for one in hashes)
    restore(tmp_path / "backup", Home(tmp_path / "back"))
    assert read_rows(Home(tmp_path / "back"), "SELECT * FROM sessions") == []


def test_who_was_disabled_since_does_not_come_back_with_an_earlier_backup(kept: Home, tmp_path: Path) -> None:
    back_up(kept, tmp_path / "backup", now=NIGHT)
    set_disabled(kept, "urumqi-test-2", True, by=SHELL, now=NIGHT)
    back_up(kept, tmp_path / "backup", now=NIGHT + timedelta(days=1))
    restore(tmp_path / "backup", Home(tmp_path / "back"), manifest="20261125-030000")
    assert [one.is_disabled for one in list_accounts(Home(tmp_path / "back"))] == [False, True]
