"""Accounts: what they are called, how they are locked, when sessions end, who among the administrators may do what."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from metrics.policy_files import PolicyError
from pipelines.accounts import administration as deeds
from pipelines.accounts.account import AccountError, checked_account_id, checked_role, checked_title, visible_divisions
from pipelines.accounts.administration import Administrator
from pipelines.accounts.audit import audit_head, read_audit, record, verify_audit
from pipelines.accounts.demo import create_demo_accounts
from pipelines.accounts.passwords import check_password, draw_password
from pipelines.accounts.settings import load_access_settings
from pipelines.accounts.signing_on import (
    SignedIn,
    SignInRefused,
    TooManyFailures,
    change_password,
    find_session,
    sign_in,
    sign_out,
)
from pipelines.accounts.store import account_digest, list_accounts, open_accounts
from pipelines.home import Home
from tests.accounts import PASSWORD, SETTINGS, add_account

NOW = datetime(2026, 10, 12, 9)
CLERK = "hetian-bgs-1"
SYSTEM = Administrator("region-system-1", "system_admin")
SECURITY = Administrator("region-security-1", "security_admin")
AUDITOR = Administrator("region-audit-1", "auditor")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one reporter's account of 和田地区 in use."""
    home = Home(tmp_path / "home")
    add_account(home, CLERK, "reporter", "653200", NOW)
    return home


def enter(
    home: Home, password: str = PASSWORD, at: datetime = NOW, address: str = "10.1.1.1", name: str = CLERK
) -> SignedIn:
    return sign_in(home, name, password, now=at, address=address, settings=SETTINGS)


def kinds(home: Home) -> list[str]:
    return [entry.kind for entry in reversed(read_audit(home))]


@pytest.mark.parametrize("name", ["hetian-bgs-1", "region-yanpan-12", "t1-x-1"])
def test_an_account_is_a_post(name: str) -> None:
    assert checked_account_id(name) == name


@pytest.mark.parametrize(
    "name", ["zhangsan", "张三", "hetian-bgs", "a-13999123456-1", "Hetian-bgs-1", "x" * 41, "a-b-100", ""]
)
def test_what_looks_like_a_person_is_no_account(name: str) -> None:
    with pytest.raises(AccountError, match="岗位代号"):
        checked_account_id(name)


@pytest.mark.parametrize("title", ["办公室 13999123456", "x", "岗" * 41, "650102199001011234"])
def test_a_title_carries_no_number_of_a_person(title: str) -> None:
    with pytest.raises(AccountError):
        checked_title(title)


@pytest.mark.parametrize(
    ("role", "division", "fits"),
    [
        ("analyst", "650000", True), ("reporter", "652901", True), ("reporter", "660000", True),
        ("auditor", None, True),
        ("analyst", None, False), ("reporter", "999999", False), ("auditor", "650000", False), ("root", None, False),
    ],
)  # fmt: skip
def test_readers_have_a_division_and_administrators_none(role: str, division: str | None, fits: bool) -> None:
    if fits:
        assert checked_role(role, division) == (role, division)
    else:
        with pytest.raises(AccountError):
            checked_role(role, division)


def test_a_reader_sees_its_division_and_all_below() -> None:
    assert visible_divisions("650000") is None
    assert visible_divisions("652901") == {"652901"}
    assert {"652900", "652901", "652902"} <= (visible_divisions("652900") or set())
    assert "653222" not in (visible_divisions("652900") or set())
    corps = visible_divisions("660000") or set()
    assert "660800" in corps
    assert all(code.startswith("66") for code in corps)


@pytest.mark.parametrize("wrong", [4, 5, 6])
def test_the_lock_closes_at_the_fifth_wrong_password(home: Home, wrong: int) -> None:
    for _ in range(wrong):
        with pytest.raises(SignInRefused):
            enter(home, "wrong")
    if wrong < 5:
        assert enter(home).account.account_id == CLERK
    else:
        with pytest.raises(SignInRefused):
            enter(home)
    assert ("locked_out" in kinds(home)) == (wrong >= 5)


@pytest.mark.parametrize(("minutes", "opens"), [(14.9, False), (15, True), (16, True)])
def test_the_lock_opens_by_itself_in_time(home: Home, minutes: float, opens: bool) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            enter(home, "wrong")
    later = NOW + timedelta(minutes=minutes)
    if opens:
        enter(home, at=later)
    else:
        with pytest.raises(SignInRefused):
            enter(home, at=later)


def test_the_security_administrator_unlocks_at_once(home: Home) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            enter(home, "wrong")
    deeds.release_account(home, CLERK, by=SECURITY, now=NOW)
    enter(home)


def test_a_refusal_does_not_tell_which_accounts_there_are(home: Home) -> None:
    told = set()
    for name, password in ((CLERK, "wrong"), ("nobody-bgs-1", "wrong"), ("nobody-bgs-1", PASSWORD)):
        with pytest.raises(SignInRefused) as refused:
            enter(home, password, name=name)
        told.add(str(refused.value))
    deeds.set_disabled(home, CLERK, True, by=SYSTEM, now=NOW)
    with pytest.raises(SignInRefused) as refused:
        enter(home)
    assert told == {str(refused.value)}


def test_a_password_typed_as_an_account_does_not_stay_in_the_chain(home: Home) -> None:
    with pytest.raises(SignInRefused):
        enter(home, "x", name="My-Secret9Password")
    assert "Secret9" not in str(read_audit(home))


def test_one_address_that_tries_many_accounts_must_wait(home: Home) -> None:
    for number in range(SETTINGS.address_failures):
        with open_accounts(home) as accounts:
            accounts.enter("sign_in_failed", at=NOW, actor="未登录", subject=f"a-b-{number % 99}", address="10.9.9.9")
    for _ in range(3):
        with pytest.raises(TooManyFailures):
            enter(home, address="10.9.9.9")
    assert kinds(home).count("throttled") == 1
    enter(home, address="10.1.1.1")
    enter(home, address="10.9.9.9", at=NOW + timedelta(minutes=15, seconds=1))


@pytest.mark.parametrize(
    ("idle", "lasts"), [(timedelta(minutes=29, seconds=59), True), (timedelta(minutes=30), False)]
)
def test_an_idle_session_ends(home: Home, idle: timedelta, lasts: bool) -> None:
    token = enter(home).token
    assert (find_session(home, token, now=NOW + idle, settings=SETTINGS) is not None) == lasts


@pytest.mark.parametrize(("keeps_awake", "lasts"), [(True, True), (False, False)])
def test_use_keeps_a_session_open_but_not_what_a_page_asks_itself(home: Home, keeps_awake: bool, lasts: bool) -> None:
    token = enter(home).token
    for minutes in (20, 29):
        find_session(home, token, now=NOW + timedelta(minutes=minutes), settings=SETTINGS, keeps_awake=keeps_awake)
    later = find_session(home, token, now=NOW + timedelta(minutes=45), settings=SETTINGS, keeps_awake=keeps_awake)
    assert (later is not None) == lasts


def test_no_session_outlasts_a_working_day(home: Home) -> None:
    token = enter(home).token
    moments = [NOW + timedelta(minutes=20 * n) for n in range(1, 31)]
    open_at = [moment for moment in moments if find_session(home, token, now=moment, settings=SETTINGS)]
    assert open_at == [moment for moment in moments if moment < NOW + timedelta(hours=SETTINGS.absolute_hours)]


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "' OR 1=1 --" + "x" * 20, "x" * 10_000])
def test_a_made_up_token_opens_nothing(home: Home, token: str) -> None:
    enter(home)
    assert find_session(home, token, now=NOW, settings=SETTINGS) is None


def test_the_file_holds_no_token_and_no_password(home: Home) -> None:
    signed = enter(home)
    held = home.accounts.read_bytes() + Path(f"{home.accounts}-wal").read_bytes() if Path(
        f"{home.accounts}-wal").exists() else home.accounts.read_bytes()  # fmt: skip
    assert signed.token.encode() not in held
    assert PASSWORD.encode() not in held
    assert home.accounts.stat().st_mode & 0o077 == 0


def test_signing_out_and_every_change_of_an_account_end_its_sessions(home: Home) -> None:
    changes: list[Callable[[], object]] = [
        lambda: deeds.assign_role(home, CLERK, "reporter", "653222", by=SECURITY, now=NOW),
        lambda: change_password(home, CLERK, PASSWORD, "Other-Lamp8Stone", now=NOW, address="", settings=SETTINGS),
        lambda: deeds.set_disabled(home, CLERK, True, by=SYSTEM, now=NOW),
    ]
    first = enter(home)
    sign_out(home, first.token, now=NOW, address="")
    assert find_session(home, first.token, now=NOW, settings=SETTINGS) is None
    for password, change in zip((PASSWORD, PASSWORD, "Other-Lamp8Stone"), changes, strict=True):
        token = enter(home, password).token
        change()
        assert find_session(home, token, now=NOW, settings=SETTINGS) is None


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("Short-Pass1", "12 至"), ("x" * 129, "12 至"), ("alllowercase1", "至少三种"), ("Aa1Aa1Aa1Aa1Aa1", "重复"),
        ("Hetian-2026-lamp", "账号"), ("Password-2026x", "常被猜到"), (PASSWORD, "相同"),
    ],
)  # fmt: skip
def test_a_weak_password_is_refused_and_says_why(home: Home, password: str, told: str) -> None:
    with pytest.raises(AccountError, match=told):
        change_password(home, CLERK, PASSWORD, password, now=NOW, address="", settings=SETTINGS)


def test_drawn_passwords_fit_the_rules_and_differ(home: Home) -> None:
    (account,) = list_accounts(home)
    drawn = [draw_password() for _ in range(30)]
    assert len(set(drawn)) == 30
    for password in drawn[:5]:
        check_password(password, account, SETTINGS)


def test_a_first_and_an_old_password_must_be_changed(home: Home) -> None:
    assert not enter(home).account.must_change
    assert not enter(home, at=NOW + timedelta(days=89)).account.must_change
    assert enter(home, at=NOW + timedelta(days=90)).account.must_change
    first = deeds.create_account(home, "new-bgs-1", "新岗位", by=SYSTEM, now=NOW, settings=SETTINGS)
    deeds.assign_role(home, "new-bgs-1", "reporter", "653222", by=SECURITY, now=NOW)
    assert enter(home, first, name="new-bgs-1").account.must_change


DEEDS: dict[str, Callable[[Home, str, Administrator], object]] = {
    "create": lambda home, _, by: deeds.create_account(home, "new-bgs-1", "新岗", by=by, now=NOW, settings=SETTINGS),
    "disable": lambda home, name, by: deeds.set_disabled(home, name, True, by=by, now=NOW),
    "reset": lambda home, name, by: deeds.reset_password(home, name, by=by, now=NOW, settings=SETTINGS),
    "assign": lambda home, name, by: deeds.assign_role(home, name, "reporter", "653222", by=by, now=NOW),
    "release": lambda home, name, by: deeds.release_account(home, name, by=by, now=NOW),
}
ALLOWED = {"create": SYSTEM, "disable": SYSTEM, "reset": SYSTEM, "assign": SECURITY, "release": SECURITY}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("by", [SYSTEM, SECURITY, AUDITOR, Administrator("x-y-1", "analyst")], ids=lambda by: by.role)
def test_the_powers_of_the_administrators_are_split(home: Home, deed: str, by: Administrator) -> None:
    if by is ALLOWED[deed]:
        DEEDS[deed](home, CLERK, by)
    else:
        before = list_accounts(home)
        with pytest.raises(AccountError):
            DEEDS[deed](home, CLERK, by)
        assert list_accounts(home) == before


def test_nobody_makes_an_account_gives_it_rights_and_enters_it_alone(home: Home) -> None:
    first = deeds.create_account(home, "new-bgs-1", "新岗位", by=SYSTEM, now=NOW, settings=SETTINGS)
    with pytest.raises(SignInRefused):
        enter(home, first, name="new-bgs-1")
    again = deeds.reset_password(home, CLERK, by=SYSTEM, now=NOW, settings=SETTINGS)
    with pytest.raises(SignInRefused):
        enter(home, again)
    deeds.release_account(home, CLERK, by=SECURITY, now=NOW)
    assert enter(home, again).account.must_change


def test_no_administrator_changes_its_own_account_or_takes_over_another(home: Home) -> None:
    add_account(home, SYSTEM.actor, "system_admin", None, NOW)
    add_account(home, SECURITY.actor, "security_admin", None, NOW)
    for deed, by in (("disable", SYSTEM), ("reset", SYSTEM), ("assign", SECURITY), ("release", SECURITY)):
        with pytest.raises(AccountError, match="本账号"):
            DEEDS[deed](home, by.actor, by)
    with pytest.raises(AccountError, match="服务器"):
        deeds.reset_password(home, SECURITY.actor, by=SYSTEM, now=NOW, settings=SETTINGS)
    with pytest.raises(AccountError, match="最后一个"):
        deeds.set_disabled(home, SECURITY.actor, True, by=SYSTEM, now=NOW)


def test_every_deed_is_in_the_chain_and_the_chain_holds(home: Home) -> None:
    token = enter(home).token
    sign_out(home, token, now=NOW, address="")
    record(home, "denied", at=NOW, actor=CLERK, subject="GET /admin")
    record(home, "exported", at=NOW, actor=CLERK, subject="预警清单", detail={"快照": "2026-09.r1"})
    assert kinds(home) == ["account_created", "role_assigned", "password_changed", "signed_in", "signed_in",
                           "signed_out", "denied", "exported"]  # fmt: skip
    assert verify_audit(home) == []
    assert audit_head(home)[0] == 8


def by_hand(home: Home, statement: str, *values: object) -> None:
    """What somebody with the file and another program does; triggers are no hindrance to them."""
    connection = sqlite3.connect(home.accounts)
    for name in ("audit_keep", "audit_stay", "audit_once"):
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")
    connection.execute(statement, values)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE audit SET actor = 'other-bgs-1' WHERE entry_id = 2", "第 2 条 的内容与其校验值不符"),
        ("DELETE FROM audit WHERE entry_id = 2", "缺第 2 至 2 行"),
        ("UPDATE accounts SET division_code = '650000'", "账号 hetian-bgs-1 与审计所记不符"),
        ("UPDATE accounts SET role = 'analyst', division_code = '650000'", "与审计所记不符"),
        ("UPDATE accounts SET password_hash = 'x'", "与审计所记不符"),
        ("UPDATE accounts SET is_disabled = 1", "与审计所记不符"),
        ("INSERT INTO accounts SELECT 'evil-bgs-1', title, role, division_code, password_hash, 0, 1, 0, 0, 0, NULL, "
         "NULL, created_at FROM accounts", "账号 evil-bgs-1 没有审计记录"),
        ("DELETE FROM accounts", "被删除过"),
        ("INSERT INTO sessions VALUES ('abc', 'hetian-bgs-1', '2026-10-12 09:00:00', '2026-10-12 09:00:00', '')",
         "没有登录记录的会话"),
    ],
)  # fmt: skip
def test_what_an_administrator_alters_by_hand_is_found(home: Home, statement: str, told: str) -> None:
    assert verify_audit(home) == []
    by_hand(home, statement)
    assert any(told in fault for fault in verify_audit(home))


def test_a_chain_cut_off_at_its_end_is_found_by_a_noted_head(home: Home) -> None:
    record(home, "denied", at=NOW, actor=CLERK, subject="GET /admin")
    number, digest = audit_head(home)
    by_hand(home, "DELETE FROM audit WHERE entry_id = ?", number)
    assert verify_audit(home) == []
    assert "抄存" in verify_audit(home, f"{number}:{digest}")[0]
    with pytest.raises(AccountError):
        verify_audit(home, "nonsense")


@pytest.mark.parametrize("statement", ["UPDATE audit SET kind = 'denied'", "DELETE FROM audit"])
def test_the_file_itself_refuses_to_change_the_chain(home: Home, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="只能增加"), open_accounts(home) as accounts:
        accounts.connection.execute(statement)


def test_a_digest_changes_with_everything_that_gives_rights(home: Home) -> None:
    from dataclasses import replace

    (account,) = list_accounts(home)
    changes: list[dict[str, object]] = [
        {"role": "analyst"}, {"division_code": "650000"}, {"password_hash": "x"}, {"is_released": False},
        {"is_disabled": True}, {"is_demo": True}, {"must_change": True}, {"title": "另一岗"},
    ]  # fmt: skip
    digests = {account_digest(replace(account, **change)) for change in changes}  # type: ignore[arg-type]
    assert len(digests | {account_digest(account)}) == len(changes) + 1


def test_demo_accounts_are_made_only_where_all_is_simulated(tmp_path: Path) -> None:
    assert create_demo_accounts(Home(tmp_path / "empty"), NOW) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("idle_minute: 10\n", "第 1 行"),
        ("# 说明\nlock_after_failures: 99\n", "第 2 行"),
        ("account_header: X-Remote-User\n", "proxy_peers"),
        ("idle_minutes: 10\nidle_minutes: 20\n", "重复"),
    ],
)
def test_a_wrong_setting_is_told_with_its_line(home: Home, text: str, told: str) -> None:
    home.access_settings.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=told):
        load_access_settings(home)


def test_settings_hold_what_the_operator_wrote(home: Home) -> None:
    home.access_settings.write_text("idle_minutes: 10\nproxy_peers: ['10.0.0.2']\naccount_header: X-Remote-User\n")
    settings = load_access_settings(home)
    assert (settings.idle_minutes, settings.proxy_peers, settings.lock_minutes) == (10, ("10.0.0.2",), 15)


def test_the_first_accounts_are_made_and_looked_after_from_the_command_line(tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli.app, [*arguments, "--home", str(tmp_path / "home")])
        return result.exit_code, result.output

    add = ("accounts", "add", "region-system-1", "--title", "自治区局系统管理岗", "--role", "system_admin")
    code, said = run(*add)
    first = said.partition("初始口令：")[2].split()[0]
    assert code == cli.DONE
    assert enter(Home(tmp_path / "home"), first, at=datetime.now(), name="region-system-1").account.must_change
    for deed in ("reset", "disable", "enable"):
        assert run("accounts", deed, "region-system-1")[0] == cli.DONE
    assert "系统管理员" in run("accounts", "list")[1]
    assert "停用账号" in run("audit", "list")[1]
    assert run("audit", "verify")[0] == cli.DONE
    by_hand(Home(tmp_path / "home"), "UPDATE audit SET actor = 'x' WHERE entry_id = 1")
    code, said = run("audit", "verify")
    assert code == cli.RETURNED
    assert "第 1 条" in said


def test_a_password_is_kept_as_rfc_9106_advises_where_memory_is_scarce() -> None:
    # In a process of its own, for the tests' own hashes are cheap.
    script = "from pipelines.accounts.passwords import hash_password; print(hash_password('x'))"
    folder = Path(cli.__file__).parent
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
