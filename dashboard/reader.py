"""Who is looking: the one place that says whose figures a page shows and in whose name a step is taken.

A reader is made of the account that is signed in, never of what a request sends.
"""

from dataclasses import dataclass

from dashboard.access.gate import signed_in
from data_contracts.divisions import REGION_CODE
from metrics.read_layer import EVERYTHING, Scope
from pipelines.accounts.account import ADMINISTRATORS, ROLE_TITLES, Account, Role, visible_divisions
from pipelines.handling import Actor

NOTHING = Scope(frozenset())


@dataclass(frozen=True)
class Reader:
    """A post that reads figures: its account's id and title, its role and division, and whose figures it sees."""

    account: str
    title: str
    role: Role | None
    division_code: str
    scope: Scope = EVERYTHING

    @property
    def may_file(self) -> bool:
        """Whether it may hand in filings."""
        return self.role in ("reporter", "analyst")

    @property
    def filer(self) -> str | None:
        """The only division that it may file for; None for the region's analyst, who hands in what others sent."""
        return None if (self.role, self.division_code) == ("analyst", REGION_CODE) else self.division_code

    @property
    def may_see_drafts(self) -> bool:
        """Whether it may open a snapshot that was never published."""
        return self.role == "analyst"

    @property
    def may_publish(self) -> bool:
        """Whether it may make a draft the release that everybody reads."""
        return self.role == "analyst" and self.division_code == REGION_CODE

    def handling_role(self, division_code: str) -> str | None:
        """Its role (`pipelines/handling_steps.yaml`) in handling a warning of a division; None where it only reads."""
        if self.role == "reporter":
            return "bureau" if division_code == self.division_code else "superior"
        if self.division_code != REGION_CODE:
            return None
        return {"analyst": "analyst", "leader": "approver"}.get(self.role or "")

    def actor(self, division_code: str) -> Actor | None:
        """It as handling knows it, for a warning of a division."""
        role = self.handling_role(division_code)
        return None if role is None else Actor(self.account, role, self.division_code)


NOBODY = Reader("", "", None, REGION_CODE, NOTHING)
# Who reads where no request is being answered: the program itself, and tests of pages.
PROGRAM = Reader("本机", "本机", "analyst", REGION_CODE)


def reader_of(account: Account | None) -> Reader:
    """The reader that an account is; an administrator, or nobody, sees no figure."""
    if account is None or account.division_code is None or account.role in ADMINISTRATORS:
        return NOBODY
    code = account.division_code
    scope = Scope(visible_divisions(code), frozenset({code}))
    title = account.title or (ROLE_TITLES[account.role] if account.role else "")
    return Reader(account.account_id, title, account.role, code, scope)


def current_reader() -> Reader:
    """The reader of this request."""
    return reader_of(signed_in())
