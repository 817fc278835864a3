"""The file of accounts against itself: SQLite's own check, tables as made, the audit chain, accounts against it."""

import sqlite3
from contextlib import closing

from pipelines.accounts import store
from pipelines.accounts.audit import audit_faults
from pipelines.findings import Finding
from pipelines.home import Home
from pipelines.ledger import LedgerError, connect_for_reading
from pipelines.sqlite_structure import odd_structure, readable_text


def check_accounts(home: Home) -> tuple[int, list[Finding]]:
    """How many accounts and audit entries there are, and what is wrong with them; nothing where there is no file."""
    name = home.accounts.name
    if not home.accounts.exists():
        return 0, []
    try:
        opened = connect_for_reading(home.accounts)
    except LedgerError:
        return 0, [Finding("accounts", name, "账号库文件读不出来，已损坏或不是账号库", "restore")]
    with closing(opened) as connection:
        connection.text_factory = readable_text
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > store.SCHEMA_VERSION:
                return 0, [Finding("accounts", name, f"由更新版本的程序写成（第 {version} 版），请升级本程序", "look")]
            told = list(odd_structure(connection, store.make_tables))
            connection.row_factory = sqlite3.Row
            rows, accounts, sessions = (
                [dict(row) for row in connection.execute(query)]
                for query in ("SELECT * FROM audit ORDER BY entry_id", "SELECT * FROM accounts ORDER BY account_id",
                              "SELECT account_id, token_hash FROM sessions")
            )  # fmt: skip
            told += audit_faults(rows, accounts, sessions)
        except sqlite3.DatabaseError as error:
            return 0, [Finding("accounts", name, f"账号库文件已损坏：{error}", "restore")]
        except (KeyError, TypeError, ValueError) as error:
            return 0, [Finding("accounts", name, f"账号库里有读不懂的值（{type(error).__name__}）", "restore")]
    return len(rows) + len(accounts), [Finding("accounts", name, one, "look") for one in told]
