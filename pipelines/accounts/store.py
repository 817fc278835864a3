"""The file of accounts, sessions and audit: SQLite (WAL), `accounts.sqlite` in the home, readable by its owner only.

It is not in the ledger: the ledger is copied, compared and handed to whoever verifies filings, and password hashes must
not go along; a restored ledger must not bring back an old password; and signing in never waits for an intake.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.accounts.account import Account, AccountError, account_of
from pipelines.accounts.audit_kinds import AuditKind
from pipelines.hash_chain import linked
from pipelines.home import Home

SCHEMA_VERSION = 1
_TABLES = Path(__file__).parent / "accounts_tables.sql"
_COLUMNS = tuple(one.name for one in fields(Account))
# What an account may do hangs on these; failures and locks come and go with every sign-in and are not among them.
_DIGESTED = ("account_id", "title", "role", "division_code", "password_hash", "must_change", "is_released",
             "is_disabled", "is_demo")  # fmt: skip


class Accounts:
    """One connection, inside one transaction; see :func:`open_accounts`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def find(self, account_id: str) -> Account | None:
        """The account of an id."""
        row = self.connection.execute("SELECT * FROM accounts WHERE account_id = ?", (account_id,)).fetchone()
        return account_of(row) if row else None

    def get(self, account_id: str) -> Account:
        """The account of an id.

        Raises:
            AccountError: there is none.
        """
        found = self.find(account_id)
        if found is None:
            raise AccountError(f"没有账号“{account_id}”")
        return found

    def all(self) -> list[Account]:
        """Every account, by id."""
        return [account_of(row) for row in self.connection.execute("SELECT * FROM accounts ORDER BY account_id")]

    def put(self, account: Account) -> Account:
        """Write an account as it shall stand; what changed is for the caller to enter with :meth:`enter`."""
        row = _row(account)
        marks = ", ".join("?" * len(row))
        self.connection.execute(f"REPLACE INTO accounts ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
        return account

    def change(self, account: Account, **changes: Any) -> Account:
        """Write an account with changes and give it back."""
        return self.put(replace(account, **changes))

    def enter(self, kind: AuditKind, *, at: datetime, actor: str, subject: str = "", address: str = "",
              detail: Mapping[str, Any] | None = None, account: Account | None = None) -> None:  # fmt: skip
        """Add an entry to the audit chain; with `account`, the digest of how it stands now goes along."""
        last = self.connection.execute("SELECT entry_id, hash FROM audit ORDER BY entry_id DESC LIMIT 1").fetchone()
        about = subject or (account.account_id if account else "")
        row = linked(
            {
                "at": time_text(at), "kind": kind, "actor": actor[:80], "subject": about[:80], "address": address[:80],
                "detail": json.dumps(dict(detail or {}), ensure_ascii=False, sort_keys=True),
                "account_digest": account_digest(account) if account else "",
            },
            "entry_id",
            tuple(last) if last else None,
        )  # fmt: skip
        marks = ", ".join("?" * len(row))
        self.connection.execute(f"INSERT INTO audit ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))

    def end_sessions(self, account_id: str) -> None:
        """Put an account out wherever it is signed in."""
        self.connection.execute("DELETE FROM sessions WHERE account_id = ?", (account_id,))


@contextmanager
def open_accounts(home: Home) -> Iterator[Accounts]:
    """The file for reading and writing, made if it is not there, in one transaction that an error takes back.

    Raises:
        AccountError: the file cannot be used.
    """
    connection = _connect(home.accounts)
    try:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            yield Accounts(connection)
    finally:
        connection.close()


def read_rows(home: Home, query: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
    """What a query finds, without waiting for a writer; nothing where there is no file yet.

    Raises:
        AccountError: the file cannot be used.
    """
    if not home.accounts.exists():
        return []
    connection = _connect(home.accounts)
    try:
        return connection.execute(query, tuple(values)).fetchall()
    finally:
        connection.close()


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables in a database that has none."""
    tables = _TABLES.read_text(encoding="utf-8")
    connection.executescript(f"BEGIN IMMEDIATE;\n{tables}\nPRAGMA user_version = {SCHEMA_VERSION};\nCOMMIT;")


def list_accounts(home: Home) -> list[Account]:
    """Every account, by id."""
    return [account_of(dict(row)) for row in read_rows(home, "SELECT * FROM accounts ORDER BY account_id")]


def account_digest(account: Account) -> str:
    """SHA-256 of what the account may do and how it enters."""
    return row_digest(_row(account))


def row_digest(row: Mapping[str, Any]) -> str:
    """The same of a row as it lies in the file, whatever was made of it."""
    content = json.dumps([row[name] for name in _DIGESTED], ensure_ascii=False, default=repr)
    return hashlib.sha256(content.encode(errors="backslashreplace")).hexdigest()


def time_text(moment: datetime) -> str:
    """A moment as the file holds it."""
    return moment.isoformat(sep=" ", timespec="seconds")


def _connect(path: Path) -> sqlite3.Connection:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise AccountError(f"{path}：账号库由更新版本的程序写成（第 {version} 版），请升级本程序")
        connection.execute("PRAGMA foreign_keys = ON")
        if version < SCHEMA_VERSION:
            connection.execute("PRAGMA journal_mode = WAL")
            make_tables(connection)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise AccountError(f"{path}：不是可用的账号库（{error}）；请从备份恢复") from error
    except AccountError:
        connection.close()
        raise
    return connection


def _row(account: Account) -> dict[str, Any]:
    values = {name: getattr(account, name) for name in _COLUMNS}
    return {
        name: int(value) if isinstance(value, bool) else time_text(value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }
