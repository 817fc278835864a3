"""What the administrators do to accounts, each within its own power; every deed goes into the audit chain.

The system administrator makes, disables and resets; the security administrator gives role and division and lets in
(after making, reset and lock). So no account can be made, given rights and entered by one administrator alone. Nobody
changes its own account, and an administrator's account is reset on the server only.
"""

from dataclasses import dataclass
from datetime import datetime

from pipelines.accounts.account import (
    ADMINISTRATORS,
    Account,
    AccountError,
    Role,
    checked_account_id,
    checked_role,
    checked_title,
)
from pipelines.accounts.passwords import draw_password, hash_password
from pipelines.accounts.settings import AccessSettings
from pipelines.accounts.store import open_accounts
from pipelines.home import Home


@dataclass(frozen=True)
class Administrator:
    """Who acts: an account with its role and where it sits; `role` None is the command line on the server."""

    actor: str
    role: Role | None
    address: str = ""

    def must_be(self, role: Role, subject: str, told: str) -> None:
        """Refuse whoever does not hold the power, and everybody on its own account.

        Raises:
            AccountError: it does not.
        """
        if self.role is not None and (self.role != role or subject == self.actor):
            raise AccountError(f"不能由本账号{told}" if subject == self.actor else f"只有另一类管理员能{told}")


SERVER = Administrator("命令行", None)


def create_account(home: Home, account_id: str, title: str, *, by: Administrator, now: datetime,
                   settings: AccessSettings) -> str:  # fmt: skip
    """Make an account without role and division, and give back its first password, which is told once.

    Raises:
        AccountError: a malformed id or title, or one that is there already.
    """
    by.must_be("system_admin", account_id, "新建账号")
    checked_account_id(account_id)
    password = draw_password(max(16, settings.password_length))
    hashed = hash_password(password)
    with open_accounts(home) as accounts:
        if accounts.find(account_id):
            raise AccountError(f"已有账号“{account_id}”")
        made = Account(account_id=account_id, title=checked_title(title), password_hash=hashed, created_at=now,
                       password_set_at=now)  # fmt: skip
        accounts.put(made)
        accounts.enter("account_created", at=now, actor=by.actor, address=by.address, account=made,
                       detail={"岗位": made.title})  # fmt: skip
    return password


def assign_role(home: Home, account_id: str, role: str, division_code: str | None, *, by: Administrator,
                now: datetime) -> Account:  # fmt: skip
    """Give an account its role and division, and let it in. It is put out wherever it was signed in.

    Raises:
        AccountError: no such account, role or division, or a demo account.
    """
    by.must_be("security_admin", account_id, "授予角色和范围")
    checked, division = checked_role(role, division_code)
    with open_accounts(home) as accounts:
        before = accounts.get(account_id)
        if before.is_demo:
            raise AccountError("演示账号的角色不能改")
        account = accounts.change(before, role=checked, division_code=division, is_released=True)
        accounts.end_sessions(account_id)
        accounts.enter("role_assigned", at=now, actor=by.actor, address=by.address, account=account,
                       detail={"原": _told(before), "现": _told(account)})  # fmt: skip
        return account


def release_account(home: Home, account_id: str, *, by: Administrator, now: datetime) -> Account:
    """Let an account in: after a reset of its password, or while it is locked.

    Raises:
        AccountError: no such account, or it has no role yet.
    """
    by.must_be("security_admin", account_id, "启用、解锁账号")
    with open_accounts(home) as accounts:
        if accounts.get(account_id).role is None:
            raise AccountError(f"账号“{account_id}”还没有角色，先授予角色和范围")
        account = accounts.change(accounts.get(account_id), is_released=True, failures=0, locked_until=None)
        accounts.enter("account_released", at=now, actor=by.actor, address=by.address, account=account)
        return account


def set_disabled(home: Home, account_id: str, is_disabled: bool, *, by: Administrator, now: datetime) -> Account:
    """Disable an account at once, or take that back; then the security administrator must let it in again.

    Raises:
        AccountError: no such account, or the last of a kind of administrators.
    """
    by.must_be("system_admin", account_id, "停用、恢复账号")
    with open_accounts(home) as accounts:
        before = accounts.get(account_id)
        others = [one for one in accounts.all() if one.role == before.role and one.may_enter and one != before]
        if is_disabled and before.role in ADMINISTRATORS and not others and by.role is not None:
            raise AccountError("这是该类管理员的最后一个账号，停用后无人能接替；须先设另一个，或在服务器上停用")
        account = accounts.change(before, is_disabled=is_disabled, is_released=is_disabled and before.is_released)
        accounts.end_sessions(account_id)
        accounts.enter("account_disabled" if is_disabled else "account_enabled", at=now, actor=by.actor,
                       address=by.address, account=account)  # fmt: skip
        return account


def reset_password(home: Home, account_id: str, *, by: Administrator, now: datetime, settings: AccessSettings) -> str:
    """Give an account a new first password, told once; the security administrator must let it in before it is of use.

    Raises:
        AccountError: no such account, a demo account, or an administrator's, which is reset on the server only.
    """
    by.must_be("system_admin", account_id, "重置口令")
    password = draw_password(max(16, settings.password_length))
    hashed = hash_password(password)
    with open_accounts(home) as accounts:
        before = accounts.get(account_id)
        if before.is_demo:
            raise AccountError("演示账号没有口令")
        if by.role is not None and before.role in ADMINISTRATORS:
            raise AccountError("管理员账号的口令只能在服务器上用命令重置，免得一个管理员接管另一个")
        account = accounts.change(
            before, password_hash=hashed, must_change=True, password_set_at=now, failures=0, locked_until=None,
            is_released=by.role is None and before.is_released,
        )  # fmt: skip
        accounts.end_sessions(account_id)
        accounts.enter("password_reset", at=now, actor=by.actor, address=by.address, account=account)
    return password


def _told(account: Account) -> str:
    return f"{account.role or '无角色'} {account.division_code or ''}".strip()
