"""Accounts for tests: made through the program's own deeds, with a password that is known and need not be changed."""

from datetime import datetime

from pipelines.accounts.account import Role
from pipelines.accounts.administration import SERVER, assign_role, create_account
from pipelines.accounts.settings import AccessSettings
from pipelines.accounts.signing_on import change_password
from pipelines.home import Home

SETTINGS = AccessSettings()
ANALYST = "urumqi-test-1"
PASSWORD = "Kite-Lamp7Stone"


def add_account(home: Home, account_id: str, role: Role, division: str | None, now: datetime | None = None) -> None:
    """An account that is in use: made, given its role, its first password changed to `PASSWORD`."""
    now = now or datetime.now()
    first = create_account(home, account_id, f"测试{account_id[-1]}岗", by=SERVER, now=now, settings=SETTINGS)
    assign_role(home, account_id, role, division, by=SERVER, now=now)
    change_password(home, account_id, first, PASSWORD, now=now, address="127.0.0.1", settings=SETTINGS)
