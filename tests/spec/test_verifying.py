"""One flipped byte anywhere in a home is found and named; nothing is found where nothing is wrong."""

import hashlib
import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from cli import main
from dashboard.saved_scenarios import list_scenarios, save_scenario
from metrics.scenarios import Scenario
from pipelines import snapshots
from pipelines.accounts.settings import AccessSettings
from pipelines.accounts.signing_on import sign_in
from pipelines.accounts.store import read_rows
from pipelines.archive import archive_path
from pipelines.building import build
from pipelines.home import Home
from pipelines.ledger import LedgerError, open_ledger, read_filings
from pipelines.papers.productions import Production, numbering, record_production
from pipelines.papers.templates import copy_templates
from pipelines.staging import restage
from pipelines.sums import lost_files, write_sum
from pipelines.verifying import PART_TITLES, Verification, verify
from pipelines.verifying_accounts import check_accounts
from pipelines.verifying_ledger import check_ledger
from tests.accounts import ANALYST, PASSWORD, add_account
from tests.unit.test_ledger import FAULT, FIRST, REFUSED, SECOND

FLIPS_OF_EACH_KIND = 6
LEDGER_FLIPS = 60


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, built_home: Path) -> Home:
    """A copy that may be damaged, if it is mended again."""
    root = tmp_path_factory.mktemp("verified") / "home"
    shutil.copytree(built_home, root)
    return Home(root)


def damages(home: Home) -> dict[str, str]:
    return {one.place: one.told for one in verify(home).findings if one.is_damage}


def flipped(path: Path, dice: random.Random) -> Iterator[int]:
    """The file with one bit of one byte flipped, and whole again afterwards; gives the place of the byte."""
    content = path.read_bytes()
    place = dice.randrange(len(content))
    damaged = bytearray(content)
    damaged[place] ^= 1 << dice.randrange(8)
    path.write_bytes(damaged)
    yield place
    path.write_bytes(content)


KINDS = {
    "archive": "archive/*/*", "staged": "staged/*/*.parquet", "sums of staged": "staged/*/.sums/*",
    "snapshots": "snapshots/*.duckdb", "sums of snapshots": "snapshots/.sums/*", "pointer": "snapshots/current",
    "returned": "returned/*.xlsx",
}  # fmt: skip


def test_a_whole_home_has_no_findings(home: Home) -> None:
    found = verify(home)
    assert (found.is_whole, found.findings) == (True, ())
    assert set(found.checked) == set(PART_TITLES) - {"rebuild"}
    assert all(found.checked[part] > 0 for part in ("ledger", "archive", "staged", "snapshots", "returned"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_flipped_bit_in_any_file_is_found_and_the_file_named(home: Home, kind: str) -> None:
    dice = random.Random(kind)
    paths = sorted(home.root.glob(KINDS[kind]))
    for path in dice.choices(paths, k=FLIPS_OF_EACH_KIND):
        # A sum is told at the file that it is the sum of.
        is_sum = path.parent.name == ".sums"
        named = (path.parents[1] / path.stem if is_sum else path).relative_to(home.root)
        for place in flipped(path, dice):
            assert named.as_posix() in damages(home), (path, place)
    assert damages(home) == {}


def content(ledger: Path) -> list[tuple]:
    """Everything that anybody can read in a ledger."""
    with closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)) as connection:
        schema = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
        tables = [name for kind, name, _ in schema if kind == "table"]
        return [schema, *(connection.execute(f"SELECT rowid, * FROM {name}").fetchall() for name in tables)]


def ledger_is_damaged(home: Home) -> bool:
    try:
        return any(one.is_damage for one in check_ledger(home)[1])
    except LedgerError:
        return True


def test_a_flipped_bit_in_the_ledger_is_found_unless_it_lies_where_nothing_is_written(home: Home) -> None:
    dice, found = random.Random(9), 0
    whole = content(home.ledger)
    for _ in range(LEDGER_FLIPS):
        for place in flipped(home.ledger, dice):
            if ledger_is_damaged(home):
                found += 1
            else:
                assert content(home.ledger) == whole, place
    assert found > LEDGER_FLIPS / 3


VALUES = {"filings": "file_name", "faults": "message", "events": "reason", "seals": "row_checks"}


@pytest.fixture
def small(tmp_path: Path) -> Home:
    """A ledger without files: three filings in two transactions."""
    home = Home(tmp_path / "small").create()
    with open_ledger(home.ledger) as ledger:
        ledger.add([FIRST, REFUSED], [FAULT])
        ledger.add([SECOND])
    return home


def by_hand(home: Home, *statements: str) -> None:
    """Change the ledger as somebody would who can open the file: without the triggers, which are put back."""
    altered_by_hand(home.ledger, *statements)


def altered_by_hand(path: Path, *statements: str) -> None:
    """The same of any file of SQLite."""
    with closing(sqlite3.connect(path)) as connection, connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, text in triggers:
            connection.execute(text)


def of_ledger(home: Home) -> dict[str, str]:
    return {place: told for place, told in damages(home).items() if place.startswith("ledger.sqlite")}


@pytest.mark.parametrize("table", ["filings", "faults", "seals"])
def test_a_value_altered_by_hand_is_found_and_its_row_named(small: Home, table: str) -> None:
    assert of_ledger(small) == {}
    by_hand(small, f"UPDATE {table} SET {VALUES[table]} = 'x' || {VALUES[table]} WHERE rowid = 1")
    assert f"ledger.sqlite：{table} 第 1 行" in of_ledger(small)


def test_a_row_added_or_taken_out_by_hand_is_found(small: Home) -> None:
    stranger = (
        "INSERT INTO filings (filing_id, receipt_no, sha256, file_name, received_at, status, is_nil, row_count, "
        "query_count, explained_count, is_simulated) VALUES ('d', 'HZ-9', 'd', 'x', '', 'refused', 0, 0, 0, 0, 0)"
    )
    by_hand(small, "DELETE FROM faults", stranger)
    found = of_ledger(small)
    assert found["ledger.sqlite：faults 第 1 行"] == "faults 第 1 行不见了"
    assert "绕过程序加进去" in found["ledger.sqlite：filings 第 4 行"]


def test_what_was_added_by_hand_is_not_sealed_by_the_next_transaction(small: Home) -> None:
    by_hand(small, "INSERT INTO faults SELECT * FROM faults")
    with open_ledger(small.ledger) as ledger:
        ledger.add([], [FAULT])
    told = "faults 有 1 行（自第 2 行）没有封签，是绕过程序加进去的"
    assert of_ledger(small) == {"ledger.sqlite：faults 第 2 行": told}


def test_a_trigger_that_was_dropped_is_missed(small: Home) -> None:
    with closing(sqlite3.connect(small.ledger)) as connection:
        connection.execute("DROP TRIGGER filings_keep")
    assert list(of_ledger(small).values()) == ["触发器 filings_keep 不见了：可能被绕过程序改过"]


def test_a_ledger_cut_off_at_its_end_is_told_by_the_snapshot_built_on_it(home: Home, tmp_path: Path) -> None:
    copy = Home(tmp_path / "cut")
    shutil.copytree(home.root, copy.root)
    (last,) = sqlite3.connect(copy.ledger).execute("SELECT max(seal_id) FROM seals").fetchone()
    by_hand(copy, f"DELETE FROM seals WHERE seal_id = {last}")
    told = [one.told for one in verify(copy).findings if one.part == "snapshots"]
    assert any(f"第 {last} 号封签" in text for text in told)


def test_a_file_missing_misplaced_or_strange_in_the_archive_is_told(home: Home, tmp_path: Path) -> None:
    copy = Home(tmp_path / "other")
    shutil.copytree(home.root, copy.root)
    kept = read_filings(copy).query("status == 'accepted'")["sha256"].tolist()
    archive_path(copy, kept[0]).unlink()
    (copy.archive / "zz").mkdir()
    archive_path(copy, kept[1]).rename(copy.archive / "zz" / kept[1])
    (copy.archive / "zz" / "notes.txt").write_text("x")
    found = {one.place: one for one in verify(copy).findings}
    assert "存档文件缺失" in found[f"archive/{kept[0][:2]}/{kept[0]}"].told
    assert "存档文件缺失" in found[f"archive/{kept[1][:2]}/{kept[1]}"].told
    assert "放错了位置" in found[f"archive/zz/{kept[1]}"].told
    assert "不是存档文件的名字" in found["archive/zz/notes.txt"].told
    assert found[f"archive/{kept[0][:2]}/{kept[0]}"].remedy_text.startswith("从备份恢复")


def test_an_archived_file_that_the_ledger_does_not_know_is_a_note(small: Home) -> None:
    left = b"left by a crash"
    name = hashlib.sha256(left).hexdigest()
    archive_path(small, name).parent.mkdir()
    archive_path(small, name).write_bytes(left)
    (note,) = [one for one in verify(small).findings if one.place.endswith(name)]
    assert not note.is_damage


def test_a_damaged_staged_file_is_made_anew_by_restage_and_by_build(home: Home) -> None:
    path = sorted(home.staged.glob("findings/*.parquet"))[0]
    for mend in (restage, build):
        whole = path.read_bytes()
        path.write_bytes(whole[:-9] + b"x" + whole[-8:])
        assert list(damages(home)) == [path.relative_to(home.root).as_posix()]
        mend(home)
        assert damages(home) == {}


@pytest.mark.parametrize("part", ["snapshots", "backtests"])
def test_a_sum_whose_file_is_gone_is_told(small: Home, part: str) -> None:
    draft = small.root / part / "2026-08.r9.duckdb"
    draft.parent.mkdir(exist_ok=True)
    draft.write_bytes(b"x")
    write_sum(draft)
    assert lost_files(draft.parent) == []
    draft.unlink()
    (told,) = [one for one in verify(small).findings if one.part == part and one.place.endswith(draft.name)]
    assert "文件不在" in told.told and not told.is_damage


def test_a_rebuild_equals_the_published_snapshot_whatever_came_since(home: Home, tmp_path: Path) -> None:
    copy = Home(tmp_path / "rebuilt")
    shutil.copytree(home.root, copy.root)
    with open_ledger(copy.ledger) as ledger:
        ledger.add([replace(REFUSED, receipt_no="HZ-2030-000001")])
    before = sorted(path.name for path in copy.snapshots.iterdir())
    found = verify(copy, rebuild=True, scratch=tmp_path)
    assert [one for one in found.findings if one.part == "rebuild"] == []
    assert found.checked["rebuild"] > 30
    assert sorted(path.name for path in copy.snapshots.iterdir()) == before


def test_a_published_snapshot_that_does_not_follow_from_the_filings_is_told_table_by_table(
    home: Home, tmp_path: Path
) -> None:
    copy = Home(tmp_path / "forged")
    shutil.copytree(home.root, copy.root)
    current = snapshots.snapshot_path(copy, str(snapshots.current_snapshot_id(copy)))
    with duckdb.connect(str(current)) as connection:
        connection.execute("UPDATE index_scores SET score = score + 1")
    found = [one.place for one in verify(copy, rebuild=True, scratch=tmp_path).findings if one.part == "rebuild"]
    assert found == [f"snapshots/{current.name}：index_scores"]


def run_verify(root: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as leaving:
        main(["verify", "--home", str(root), *options])
    return int(leaving.value.code or 0), capsys.readouterr().out


def test_the_command_ends_with_0_where_all_is_whole_and_1_where_not(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = run_verify(home.root, capsys)
    assert code == 0 and "完好。" in told
    path = sorted(home.archive.glob("*/*"))[0]
    for _ in flipped(path, random.Random(1)):
        code, told = run_verify(home.root, capsys)
        assert code == 1 and path.name in told and "办法：从备份恢复" in told and "有 1 处损坏" in told
        code, text = run_verify(home.root, capsys, "--json")
        assert code == 1 and json.loads(text)["findings"][0]["part"] == "archive"


def test_a_folder_that_is_no_home_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verify(tmp_path, capsys)[0] == 2
    assert not any(tmp_path.iterdir())  # and is not made one


def test_a_verification_counts_damages_by_part(home: Home) -> None:
    found: Verification = verify(home)
    assert found.damaged() == {} and found.seal.partition(":")[0].isdigit()


def test_the_command_restage_mends_what_verify_names(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    path = sorted(home.staged.glob("findings/*.parquet"))[0]
    path.unlink()
    assert list(damages(home).values()) == ["暂存文件缺失"]
    for told in ("重读报表", "暂存数据与存档、台账一致"):
        with pytest.raises(SystemExit) as leaving:
            main(["restage", "--home", str(home.root)])
        assert leaving.value.code == 0 and told in capsys.readouterr().out
    assert damages(home) == {}


@pytest.fixture
def staffed(tmp_path: Path) -> Home:
    """A home with an account that is in use and signed in, and a paper in its ledger."""
    home = Home(tmp_path / "staffed").create()
    now = datetime(2026, 10, 1, 9)
    add_account(home, ANALYST, "analyst", "650000", now)
    sign_in(home, ANALYST, PASSWORD, now=now, address="127.0.0.1", settings=AccessSettings())
    with numbering(home) as connection:
        record_production(connection, Production(
            at=now, action="drafted", kind="reminder", year=2026, number=1, paper_no="催〔2026〕1号", source="s:1",
            division_code="652901", actor="研判岗甲", snapshot_id=None, sha256="0" * 64, fields={"标题": "催报"},
        ))  # fmt: skip
    return home


def test_a_flipped_bit_in_the_file_of_accounts_is_found_where_it_changes_what_an_account_may_do(staffed: Home) -> None:
    dice, found, tries = random.Random(9), 0, 120
    founded = lambda: [tuple(row) for query in (  # noqa: E731
        "SELECT * FROM audit", "SELECT account_id, title, role, division_code, password_hash, must_change, is_released,"
        " is_disabled FROM accounts", "SELECT account_id, substr(token_hash, 1, 12) FROM sessions",
    ) for row in read_rows(staffed, query)]  # fmt: skip
    with closing(sqlite3.connect(staffed.accounts)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = founded()
    for _ in range(tries):
        for place in flipped(staffed.accounts, dice):
            if any(one.is_damage for one in check_accounts(staffed)[1]):
                found += 1
            else:
                assert founded() == whole, place
    assert found > tries / 10
    assert check_accounts(staffed)[1] == []


ALTERED_ACCOUNTS = {
    "a role": ("UPDATE accounts SET role = 'leader'", f"账号 {ANALYST} 与审计所记不符"),
    "a password": ("UPDATE accounts SET password_hash = 'x'", f"账号 {ANALYST} 与审计所记不符"),
    "an account taken out": ("DELETE FROM accounts", "被删除过"),
    "an account put in": (
        "INSERT INTO accounts SELECT 'urumqi-x', title, role, division_code, password_hash, must_change, is_released, "
        "is_disabled, is_demo, failures, locked_until, password_set_at, created_at FROM accounts",
        "账号 urumqi-x 没有审计记录",
    ),
    "an entry of the audit": ("UPDATE audit SET actor = 'x' WHERE entry_id = 2", "审计第 2 条 的内容与其校验值不符"),
    "an entry taken out": ("DELETE FROM audit WHERE entry_id = 2", "被删除过"),
    "a session": ("UPDATE sessions SET token_hash = 'f' || substr(token_hash, 1, 63)", "没有登录记录的会话"),
}  # fmt: skip


@pytest.mark.parametrize("what", ALTERED_ACCOUNTS)
def test_what_an_administrator_alters_in_the_accounts_is_found_by_verify(staffed: Home, what: str) -> None:
    assert damages(staffed) == {}
    statement, told = ALTERED_ACCOUNTS[what]
    altered_by_hand(staffed.accounts, statement)
    assert told in " ".join(one.told for one in verify(staffed).findings if one.part == "accounts")


def test_accounts_that_are_no_database_and_a_dropped_trigger_are_told(staffed: Home) -> None:
    with closing(sqlite3.connect(staffed.accounts)) as connection:
        connection.execute("DROP TRIGGER audit_stay")
    assert "触发器 audit_stay 不见了" in damages(staffed)["accounts.sqlite"]
    staffed.accounts.write_bytes(b"nothing" * 999)
    for log in staffed.root.glob("accounts.sqlite-*"):
        log.unlink()
    assert "读不出来" in damages(staffed)["accounts.sqlite"]


def test_a_paper_altered_taken_out_or_added_by_hand_is_found(staffed: Home) -> None:
    assert damages(staffed) == {}
    whole = staffed.ledger.read_bytes()
    stranger = (
        "INSERT INTO productions SELECT 2, at, 'signed', kind, year, number, paper_no, source, division_code, actor, "
        "snapshot_id, sha256, fields FROM productions"
    )
    for statement, row in (("UPDATE productions SET actor = '局长'", 1), ("DELETE FROM productions", 1), (stranger, 2)):
        altered_by_hand(staffed.ledger, statement)
        assert f"ledger.sqlite：productions 第 {row} 行" in damages(staffed)
        for log in staffed.root.glob("ledger.sqlite-*"):
            log.unlink()
        staffed.ledger.write_bytes(whole)


def test_scenarios_own_templates_and_settings_that_cannot_be_used_are_told(small: Home) -> None:
    saved = save_scenario(small, "春季", Scenario(), account="a", snapshot_id="2026-09.r1", period="2026-09")
    copy_templates(small)
    small.access_settings.write_text("idle_minutes: 20\n")
    assert [one for one in verify(small).findings if one.part == "kept"] == []
    (path,) = small.scenarios.glob("*.json")
    dice = random.Random(3)
    for _ in range(40):
        for place in flipped(path, dice):
            assert path.relative_to(small.root).as_posix() in damages(small), place
            assert list_scenarios(small) == []
    assert list_scenarios(small) == [saved]
    template = sorted(small.paper_templates.glob("*.docx"))[0]
    template.write_bytes(template.read_bytes()[:2000])
    (small.paper_templates / "别的.docx").write_bytes(b"")
    small.access_settings.write_text("idle_minute: 20\n")
    found = {one.place: one for one in verify(small).findings if one.part == "kept"}
    assert "不是可用的 Word 文件" in found[f"公文模板/{template.name}"].told
    assert not found["公文模板/别的.docx"].is_damage
    assert "不认识的键 idle_minute" in found["access.yaml"].told
