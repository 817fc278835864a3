"""What an account is: a post with a role and a division, never a person."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from data_contracts.divisions import REGION_CODE, load_divisions, scopes
from pipelines.faults import IntakeError
from pipelines.guard import forbidden_kind

Role = Literal["analyst", "leader", "reporter", "system_admin", "security_admin", "auditor"]
ROLE_TITLES: dict[Role, str] = {
    "analyst": "研判岗",
    "leader": "领导岗",
    "reporter": "填报岗",
    "system_admin": "系统管理员",
    "security_admin": "安全管理员",
    "auditor": "审计员",
}
# Who reads figures of divisions; the three administrators never do.
READERS: frozenset[Role] = frozenset({"analyst", "leader", "reporter"})
ADMINISTRATORS: frozenset[Role] = frozenset({"system_admin", "security_admin", "auditor"})

_ACCOUNT_ID = re.compile(r"(?=.{4,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)+")
_SERIAL = re.compile(r"-\d{1,2}$")
_LONG_NUMBER = re.compile(r"\d{7}")


class AccountError(IntakeError):
    """Something about accounts that cannot be done as asked; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One row of `accounts`. `role` and `division_code` are None until they are assigned.

    `is_released`: the security administrator let it in since it was made or its password was reset. `is_demo`: of a
    simulated home, entered without a password. `failures`: wrong passwords since the last right one.
    """

    account_id: str
    title: str
    role: Role | None = None
    division_code: str | None = None
    password_hash: str = field(default="", repr=False)
    must_change: bool = True
    is_released: bool = False
    is_disabled: bool = False
    is_demo: bool = False
    failures: int = 0
    locked_until: datetime | None = None
    password_set_at: datetime | None = None
    created_at: datetime

    @property
    def may_enter(self) -> bool:
        """Whether it may sign in, were the password right and it not locked."""
        return self.role is not None and self.is_released and not self.is_disabled

    def state(self, now: datetime) -> str:
        """What a list says of it, in Chinese."""
        if self.is_disabled:
            return "已停用"
        if self.locked_until is not None and self.locked_until > now:
            return f"已锁定至 {self.locked_until:%H:%M}"
        if self.role is None:
            return "待授权"
        if not self.is_released:
            return "待启用"
        return "待改初始口令" if self.must_change and not self.is_demo else "在用"


def checked_account_id(text: str) -> str:
    """An account id: a place, a post and a number, as in `hetian-bgs-1`.

    Raises:
        AccountError: not of that form, or with a number as long as a telephone's.
    """
    if not _ACCOUNT_ID.fullmatch(text) or not _SERIAL.search(text) or _LONG_NUMBER.search(text):
        form = "应是岗位代号：地区、岗位、序号，如 hetian-bgs-1（小写字母、数字、连字符；不写姓名、号码）"
        raise AccountError(f"账号“{text}”{form}")
    return text


def checked_title(text: str) -> str:
    """The post's title as shown.

    Raises:
        AccountError: empty, too long, or with a number of a person.
    """
    title = text.strip()
    if not 2 <= len(title) <= 40 or _LONG_NUMBER.search(title) or forbidden_kind(title):
        raise AccountError(f"岗位名称“{title}”应是 2–40 字的岗位（如 和田地区保密局办公室1岗），不写姓名、电话、证件号")
    return title


def checked_role(role: str, division_code: str | None) -> tuple[Role, str | None]:
    """Role and division of an account: administrators have no division, everybody else has one.

    Raises:
        AccountError: no such role or division, or one too many or too few.
    """
    if role not in ROLE_TITLES:
        raise AccountError(f"没有角色“{role}”，可用的有 {'、'.join(ROLE_TITLES)}")
    if role in ADMINISTRATORS:
        if division_code:
            raise AccountError(f"{ROLE_TITLES[role]}不看业务数据，不设区划范围")
        return role, None
    if division_code not in set(load_divisions()["division_code"]):
        raise AccountError(f"没有区划“{division_code or ''}”；{ROLE_TITLES[role]}必须有区划范围，如 653200")
    return role, division_code


def visible_divisions(division_code: str) -> frozenset[str] | None:
    """Divisions that a reader of one division sees: itself and all below it; None (all) for the region."""
    if division_code == REGION_CODE:
        return None
    frame = scopes(load_divisions())
    members = frame[(frame["scope_code"] == division_code) & (frame["scope"] == "area")]["member_code"]
    return frozenset({division_code, *members})


def account_of(row: Mapping[str, Any]) -> Account:
    """An account from a row of the table."""
    values = dict(row)
    for name in ("must_change", "is_released", "is_disabled", "is_demo"):
        values[name] = bool(values[name])
    for name in ("locked_until", "password_set_at", "created_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    return Account(**values)
