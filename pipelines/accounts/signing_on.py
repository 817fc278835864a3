"""Signing in and out: the lock after wrong passwords, sessions with their time-outs, and the change of a password.

A session is a random token of 256 bits of which the file keeps the hash; nothing in a cookie is believed but that.
Every function takes the moment it happens at, so that tests need not wait.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.accounts.account import Account, AccountError, account_of, checked_account_id
from pipelines.accounts.passwords import check_password, fits, hash_password
from pipelines.accounts.settings import AccessSettings
from pipelines.accounts.store import Accounts, open_accounts, read_rows, time_text
from pipelines.home import Home

# How often a session that is in use is written down: not with every click.
_SEEN_EVERY = timedelta(seconds=30)
# One text for an unknown account, a wrong password, a locked and a disabled account: it must not tell which ids exist.
_REFUSED = (
    "账号或口令不对，或者账号未启用、已停用、已锁定。"
    "连续输错 {failures} 次锁定 {minutes} 分钟；急用请找安全管理员解锁。"
)


class SignInRefused(AccountError):
    """Nobody was let in."""


class TooManyFailures(SignInRefused):
    """Too many wrong passwords from one address."""


@dataclass(frozen=True)
class SignedIn:
    """An open session: the token for the cookie, and the account as it stands."""

    token: str
    account: Account


def sign_in(home: Home, account_id: str, password: str, *, now: datetime, address: str,
            settings: AccessSettings) -> SignedIn:  # fmt: skip
    """Open a session for who knows the password.

    A failure is entered before the password is looked at and taken back when it fits: so many attempts at once get no
    more tries than one after another.

    Raises:
        SignInRefused: wrong password, unknown, locked, not released or disabled account; one text for all.
        TooManyFailures: the address must wait.
    """
    account_id = account_id.strip()[:40]
    before = _reserve_attempt(home, account_id, now, address, settings)
    right = fits(before.password_hash if before else "", password)
    if before is None or not right or not before.may_enter:
        reason = "账号未启用或已停用" if right else "口令或账号不对"
        _enter_failure(home, account_id, now, address, settings, reason)
        raise _refused(settings)
    with open_accounts(home) as accounts:
        account = accounts.get(account_id)
        if account.password_hash == before.password_hash and account.may_enter:
            account = accounts.change(account, failures=0, locked_until=None)
            return _open_session(accounts, _aged(accounts, account, now, settings), now, address, "口令")
    raise _refused(settings)


def sign_in_trusted(home: Home, account_id: str, *, now: datetime, address: str, way: str) -> SignedIn:
    """Open a session without a password: signed on by a trusted proxy, or a demo account in a simulated home.

    Raises:
        SignInRefused: no such account, or it may not enter.
    """
    with open_accounts(home) as accounts:
        account = accounts.find(account_id.strip()[:40])
        if account is not None and account.may_enter and not _is_locked(account, now):
            return _open_session(accounts, account, now, address, way)
    raise SignInRefused(f"账号“{account_id[:40]}”不存在、未启用、已停用或已锁定，请找安全管理员")


def find_session(home: Home, token: str, *, now: datetime, settings: AccessSettings, keeps_awake: bool = True
                 ) -> Account | None:  # fmt: skip
    """The account of a session that still lasts; None for any other token.

    Args:
        keeps_awake: whether this request is a person's doing, or the page's own (which must not keep a session open).
    """
    if not 20 <= len(token) <= 100:
        return None
    rows = read_rows(
        home,
        "SELECT a.*, s.started_at AS session_started_at, s.seen_at AS session_seen_at FROM sessions s "
        "JOIN accounts a USING (account_id) WHERE s.token_hash = ?",
        (_hash(token),),
    )
    if not rows:
        return None
    row = dict(rows[0])
    started, seen = (datetime.fromisoformat(row.pop(name)) for name in ("session_started_at", "session_seen_at"))
    account = account_of(row)
    idle, whole = timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.absolute_hours)
    if now - seen >= idle or now - started >= whole or not account.may_enter:
        with open_accounts(home) as accounts:
            accounts.connection.execute("DELETE FROM sessions WHERE token_hash = ?", (_hash(token),))
        return None
    if keeps_awake and now - seen >= _SEEN_EVERY:
        with open_accounts(home) as accounts:
            accounts.connection.execute(
                "UPDATE sessions SET seen_at = ? WHERE token_hash = ?", (time_text(now), _hash(token))
            )
    return account


def sign_out(home: Home, token: str, *, now: datetime, address: str) -> None:
    """End a session; an unknown token ends nothing."""
    with open_accounts(home) as accounts:
        row = accounts.connection.execute(
            "DELETE FROM sessions WHERE token_hash = ? RETURNING account_id", (_hash(token),)
        ).fetchone()
        if row:
            accounts.enter("signed_out", at=now, actor=row["account_id"], subject=row["account_id"], address=address)


def change_password(home: Home, account_id: str, old: str, new: str, *, now: datetime, address: str,
                    settings: AccessSettings) -> SignedIn:  # fmt: skip
    """Give an account a new password; all its sessions end and a new one begins.

    Raises:
        AccountError: the old one is wrong (it counts as a failure), the new one does not do.
    """
    before = _reserve_attempt(home, account_id, now, address, settings)
    if before is None or not fits(before.password_hash, old):
        _enter_failure(home, account_id, now, address, settings, "改口令时现用口令不对")
        raise AccountError("现用口令不对")
    with open_accounts(home) as accounts:
        accounts.change(accounts.get(account_id), failures=0)
    check_password(new, before, settings)
    hashed = hash_password(new)
    with open_accounts(home) as accounts:
        account = accounts.change(
            accounts.get(account_id), password_hash=hashed, must_change=False, password_set_at=now, failures=0
        )
        accounts.enter("password_changed", at=now, actor=account_id, address=address, account=account)
        accounts.end_sessions(account_id)
        return _open_session(accounts, account, now, address, "修改口令后")


def _reserve_attempt(home: Home, account_id: str, now: datetime, address: str, settings: AccessSettings
                     ) -> Account | None:  # fmt: skip
    """The account (None: unknown) with this attempt counted as failed, until it turns out not to be.

    Raises:
        SignInRefused: it is locked. TooManyFailures: the address must wait.
    """
    with open_accounts(home) as accounts:
        throttled = _throttle(accounts, account_id, now, address, settings)
        account = accounts.find(account_id)
        if account is not None and account.locked_until is not None and account.locked_until <= now:
            account = accounts.change(account, failures=0, locked_until=None)
        full = account is not None and account.failures >= settings.lock_after_failures
        if account is not None and not throttled and not full:
            account = accounts.change(account, failures=account.failures + 1)
    if throttled:
        raise TooManyFailures(f"这台机器输错口令过多，请 {settings.lock_minutes} 分钟后再试")
    if full:
        _enter_failure(home, account_id, now, address, settings, "账号已锁定")
        raise _refused(settings)
    return account


def _enter_failure(home: Home, account_id: str, now: datetime, address: str, settings: AccessSettings, reason: str
                   ) -> None:  # fmt: skip
    """Enter a failed attempt, and the lock that it brings."""
    with open_accounts(home) as accounts:
        accounts.enter("sign_in_failed", at=now, actor="未登录", subject=_shown(account_id), address=address,
                       detail={"原因": reason})  # fmt: skip
        account = accounts.find(account_id)
        if account and account.failures >= settings.lock_after_failures and account.locked_until is None:
            until = now + timedelta(minutes=settings.lock_minutes)
            account = accounts.change(account, locked_until=until)
            accounts.enter("locked_out", at=now, actor="系统", address=address, account=account,
                           detail={"至": time_text(until), "连续失败": account.failures})  # fmt: skip


def _throttle(accounts: Accounts, account_id: str, now: datetime, address: str, settings: AccessSettings) -> bool:
    """Whether an address failed too often of late; entered once for each such time, lest the chain be flooded."""
    since = time_text(now - timedelta(minutes=settings.lock_minutes))
    rows = accounts.connection.execute(
        "SELECT kind, count(*) AS times FROM audit WHERE kind IN ('sign_in_failed', 'throttled') AND at > ? "
        "AND address = ? GROUP BY kind", (since, address)
    )  # fmt: skip
    times = {row["kind"]: row["times"] for row in rows}
    if times.get("sign_in_failed", 0) < settings.address_failures:
        return False
    if "throttled" not in times:
        accounts.enter("throttled", at=now, actor="系统", subject=_shown(account_id), address=address)
    return True


def _open_session(accounts: Accounts, account: Account, now: datetime, address: str, way: str) -> SignedIn:
    token = secrets.token_urlsafe(32)
    accounts.connection.execute(
        "INSERT INTO sessions VALUES (?, ?, ?, ?, ?)",
        (_hash(token), account.account_id, time_text(now), time_text(now), address[:80]),
    )
    accounts.enter("signed_in", at=now, actor=account.account_id, subject=account.account_id, address=address,
                   detail={"方式": way, "会话": _hash(token)[:12]})  # fmt: skip
    return SignedIn(token, account)


def _aged(accounts: Accounts, account: Account, now: datetime, settings: AccessSettings) -> Account:
    """The account, told to change a password that is too old."""
    made = account.password_set_at
    if account.must_change or made is None or now - made < timedelta(days=settings.password_days):
        return account
    account = accounts.change(account, must_change=True)
    accounts.enter("password_reset", at=now, actor="系统", account=account, detail={"原因": "口令到期，须修改"})
    return account


def _is_locked(account: Account, now: datetime) -> bool:
    return account.locked_until is not None and account.locked_until > now


def _refused(settings: AccessSettings) -> SignInRefused:
    return SignInRefused(_REFUSED.format(failures=settings.lock_after_failures, minutes=settings.lock_minutes))


def _shown(account_id: str) -> str:
    """What was typed as an account, as the chain may hold it: a password typed into the wrong field must not stay."""
    try:
        return checked_account_id(account_id)
    except AccountError:
        return "（不是账号的文字）"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
