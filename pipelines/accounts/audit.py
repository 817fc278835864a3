"""Reading and verifying the audit chain, and the one way for others to enter into it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.accounts.account import AccountError
from pipelines.accounts.audit_kinds import AUDIT_TITLES, AuditKind
from pipelines.accounts.store import open_accounts, read_rows, row_digest
from pipelines.hash_chain import FIRST_HASH, broken_rows
from pipelines.home import Home

Row = Mapping[str, Any]


@dataclass(frozen=True)
class AuditEntry:
    """One entry: who (`actor`) did what (`kind`) to whom or what (`subject`), from where (`address`)."""

    entry_id: int
    at: datetime
    kind: AuditKind
    actor: str
    subject: str
    address: str
    detail: Mapping[str, Any]
    hash: str

    @property
    def told(self) -> str:
        """The detail in words."""
        return "；".join(f"{name} {value}" for name, value in self.detail.items())

    def to_row(self) -> tuple[str, ...]:
        """Cells of a table."""
        moment = f"{self.at:%Y-%m-%d %H:%M:%S}"
        return str(self.entry_id), moment, AUDIT_TITLES[self.kind], self.actor, self.subject, self.address, self.told


def record(home: Home, kind: AuditKind, *, at: datetime, actor: str, subject: str = "", address: str = "",
           detail: Mapping[str, Any] | None = None) -> None:  # fmt: skip
    """Add an entry that changes no account: a denied access, an export.

    Raises:
        AccountError: the file cannot be used; then what was asked for must not be given either.
    """
    with open_accounts(home) as accounts:
        accounts.enter(kind, at=at, actor=actor, subject=subject, address=address, detail=detail)


def read_audit(home: Home, *, kind: str | None = None, most: int = 200, before: int | None = None) -> list[AuditEntry]:
    """Entries, newest first.

    Args:
        kind: only of this kind.
        most: at most so many.
        before: only those with a smaller number, to read on.
    """
    query = (
        "SELECT entry_id, at, kind, actor, subject, address, detail, hash FROM audit "
        "WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR entry_id < ?2) ORDER BY entry_id DESC LIMIT ?3"
    )
    return [
        AuditEntry(**{**dict(row), "at": datetime.fromisoformat(row["at"]), "detail": json.loads(row["detail"])})
        for row in read_rows(home, query, (kind, before, most))
    ]


def audit_head(home: Home) -> tuple[int, str]:
    """Number and hash of the last entry: noted down, they show later whether the end was cut off."""
    rows = read_rows(home, "SELECT entry_id, hash FROM audit ORDER BY entry_id DESC LIMIT 1")
    return (rows[0]["entry_id"], rows[0]["hash"]) if rows else (0, FIRST_HASH)


def verify_audit(home: Home, noted: str | None = None) -> list[str]:
    """What does not fit, in Chinese: the chain itself, accounts against it, sessions against it, a noted head.

    Args:
        noted: `number:hash` as :func:`audit_head` gave it once.

    Raises:
        AccountError: `noted` is malformed, or the file cannot be used.
    """
    rows = [dict(row) for row in read_rows(home, "SELECT * FROM audit ORDER BY entry_id")]
    accounts = [dict(row) for row in read_rows(home, "SELECT * FROM accounts ORDER BY account_id")]
    sessions = [dict(row) for row in read_rows(home, "SELECT account_id, token_hash FROM sessions")]
    return [*audit_faults(rows, accounts, sessions), *_cut_off(rows, noted)]


def audit_faults(rows: Sequence[Row], accounts: Sequence[Row], sessions: Sequence[Row]) -> list[str]:
    """What does not fit, in Chinese: the chain of audit rows itself; rows of accounts and of sessions against it."""
    faults = [f"审计第 {row['entry_id']} 条 {told}" for row, told in broken_rows(rows, "entry_id")]
    return [*faults, *_unfounded_accounts(accounts, rows), *_unfounded_sessions(sessions, rows)]


def _unfounded_accounts(accounts: Sequence[Row], rows: Sequence[Row]) -> list[str]:
    entered = {row["subject"]: row["account_digest"] for row in rows if row["account_digest"]}
    found = {row["account_id"]: row_digest(row) for row in accounts}
    changed = [
        f"账号 {name} 与审计所记不符，未经程序改动过" if name in entered else f"账号 {name} 没有审计记录，未经程序添加"
        for name, digest in found.items() if entered.get(name) != digest
    ]  # fmt: skip
    return [*changed, *(f"账号 {name} 有审计记录而账号库里没有，被删除过" for name in entered if name not in found)]


def _unfounded_sessions(sessions: Sequence[Row], rows: Sequence[Row]) -> list[str]:
    entered = {(row["subject"], _session_of(row)) for row in rows if row["kind"] == "signed_in"}
    return [
        f"账号 {row['account_id']} 有一个没有登录记录的会话，未经程序添加"
        for row in sessions
        if (row["account_id"], row["token_hash"][:12]) not in entered
    ]


def _session_of(row: Row) -> str | None:
    try:
        return str(json.loads(row["detail"])["会话"])
    except (ValueError, TypeError, KeyError):
        return None  # altered by hand, and told of by the chain


def _cut_off(rows: Sequence[Row], noted: str | None) -> list[str]:
    if noted is None:
        return []
    number, _, digest = noted.partition(":")
    if not number.isdigit() or len(digest) != len(FIRST_HASH):
        raise AccountError(f"“{noted}”应写成 序号:校验值，如 audit verify 末行所示")
    if int(number) == 0:
        return []
    found = next((row["hash"] for row in rows if row["entry_id"] == int(number)), None)
    return [] if found == digest else [f"审计第 {number} 条与抄存的校验值不符或已不在，末尾被截去或整链被重写过"]
