"""Accounts of a simulated home: entered with one click and no password, as long as nothing real was filed there."""

from datetime import datetime

from pipelines.accounts.account import Account, Role
from pipelines.accounts.store import list_accounts, open_accounts
from pipelines.home import Home
from pipelines.ledger import read_rows

DEMO_ACCOUNTS: tuple[tuple[str, str, Role, str | None], ...] = (
    ("demo-analyst-1", "自治区局研判岗（演示）", "analyst", "650000"),
    ("demo-leader-1", "自治区局领导岗（演示）", "leader", "650000"),
    ("demo-prefecture-1", "阿克苏地区填报岗（演示）", "reporter", "652900"),
    ("demo-county-1", "阿克苏市填报岗（演示）", "reporter", "652901"),
    ("demo-corps-1", "兵团填报岗（演示）", "reporter", "660000"),
    ("demo-system-1", "系统管理员（演示）", "system_admin", None),
    ("demo-security-1", "安全管理员（演示）", "security_admin", None),
    ("demo-audit-1", "审计员（演示）", "auditor", None),
)


def create_demo_accounts(home: Home, now: datetime) -> list[Account]:
    """The demo accounts of a simulated home, made where they are missing; none where anything real was filed."""
    if not is_simulated_home(home):
        return []
    with open_accounts(home) as accounts:
        for account_id, title, role, division in DEMO_ACCOUNTS:
            if accounts.find(account_id) is None:
                made = Account(account_id=account_id, title=title, role=role, division_code=division, is_demo=True,
                               must_change=False, is_released=True, created_at=now)  # fmt: skip
                accounts.put(made)
                accounts.enter("account_created", at=now, actor="演示", account=made, detail={"岗位": title})
    return demo_accounts(home)


def demo_accounts(home: Home) -> list[Account]:
    """Accounts that one click opens, in the order of the list; none once anything real was filed."""
    found = {account.account_id: account for account in list_accounts(home) if account.is_demo and account.may_enter}
    chosen = [found[account_id] for account_id, *_ in DEMO_ACCOUNTS if account_id in found]
    return chosen if chosen and is_simulated_home(home) else []


def is_simulated_home(home: Home) -> bool:
    """Whether something was filed and all that was filed is simulated."""
    query = "SELECT count(*), coalesce(sum(NOT is_simulated), 0) FROM filings WHERE status <> 'refused'"
    rows = read_rows(home.ledger, query)
    return bool(rows) and rows[0][0] > 0 and rows[0][1] == 0
