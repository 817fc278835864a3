"""Who is looking: the one place that says whose figures are shown and in whose name a step is taken.

There is no sign-in yet. Until one takes the place of :func:`current_account`, only a simulated home lets anybody act,
under an account that `OVERSIGHT_ACCOUNT` names; in a home of real filings everybody reads and nobody acts.
"""

import os
from dataclasses import dataclass, replace

from data_contracts.divisions import REGION_CODE
from metrics.read_layer import EVERYTHING, Scope

ACCOUNT_VARIABLE = "OVERSIGHT_ACCOUNT"
_DEFAULT = f"研判岗:analyst:{REGION_CODE}"
_TITLES = {"analyst": "研判岗", "approver": "签发岗", "superior": "上级局", "bureau": "责任局"}


@dataclass(frozen=True)
class Account:
    """An account or post, never a person's name.

    `role` is the one it has in handling (see `pipelines/handling_steps.yaml`), None for who may only read; `scope` the
    divisions whose figures it sees; `may_file` whether it may hand in filings.
    """

    account: str
    title: str
    division_code: str
    role: str | None
    scope: Scope = EVERYTHING
    may_file: bool = False
    may_publish: bool = False


READER = Account("读者", "读者", REGION_CODE, None)


def current_account(*, is_simulated: bool) -> Account:
    """The account of this request: in a simulated home the configured one (`账号:岗位:区划`), else a reader."""
    if not is_simulated:
        return READER
    account, role, division_code = (os.environ.get(ACCOUNT_VARIABLE) or _DEFAULT).split(":")
    made = Account(account, _TITLES.get(role, role), division_code, role, may_file=True)
    return replace(made, may_publish=role == "analyst")
