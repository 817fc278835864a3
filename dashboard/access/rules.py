"""The registry: every route and every callback of the server, and who may call it. What is not in it is refused.

Pages have their roles in `dashboard/view.py`. A new callback or route is entered here; a test goes through the maps of
the application and fails on one that has no rule.
"""

import re
from dataclasses import dataclass

from pipelines.accounts.account import ADMINISTRATORS, READERS, Role

EVERYBODY = READERS | ADMINISTRATORS


@dataclass(frozen=True)
class Rule:
    """Who may call a route. `is_public`: also who is not signed in; only for what says nothing of any division.

    `before_change`: also with a password that must be changed first. `is_large`: takes uploads.
    """

    roles: frozenset[Role] = READERS
    is_public: bool = False
    before_change: bool = False
    is_large: bool = False


_PUBLIC = Rule(EVERYBODY, is_public=True, before_change=True)
_ALWAYS = Rule(EVERYBODY, before_change=True)

ROUTES: dict[str, Rule] = {
    # Program files: style, scripts, the icon. No data.
    "_dash_assets.static": _PUBLIC,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": _PUBLIC,
    "/_favicon.ico": _PUBLIC,
    # The pages of readers. `/<path:path>` is the shell; what it shows is asked for by callbacks.
    "/": Rule(),
    "/<path:path>": Rule(),
    "/_dash-layout": Rule(),
    "/_dash-dependencies": Rule(),
    "/_dash-update-component": Rule(is_large=True),  # filings are handed in by a callback
    # Files: a page's tables, a chart's stamp, a briefing, the ledgers, a workbook that went back.
    "returned": Rule(),
    "tables": Rule(),
    "chart": Rule(),
    "briefing": Rule(),
    "ledgers": Rule(),
    # Signing in and out.
    "sign_in": _PUBLIC,
    "sign_in_demo": _PUBLIC,
    "sign_out": _ALWAYS,
    "password": _ALWAYS,
    # Administration, one role for each.
    "administration": Rule(ADMINISTRATORS),
    "manage_accounts": Rule(frozenset({"system_admin"})),
    "manage_account": Rule(frozenset({"system_admin"})),
    "manage_roles": Rule(frozenset({"security_admin"})),
    "manage_role": Rule(frozenset({"security_admin"})),
    "audit": Rule(frozenset({"auditor"})),
}

_FILING: frozenset[Role] = frozenset({"analyst", "reporter"})
_STUDYING: frozenset[Role] = frozenset({"analyst", "leader"})

# By the callback's output as Dash names it (see `output_name`). Callbacks in the browser never reach the server.
CALLBACKS: dict[str, frozenset[Role]] = {
    "..page.children...shown-snapshot.data..": READERS,
    "drawer.children": READERS,
    "url.href": READERS,
    "notice.children": READERS,
    "search-found.children": READERS,
    # A step in handling: whether this post may take it says the machine of handling, and what it refuses is recorded.
    "..drawer.children...page.children..": READERS,
    "..filings-uploads.data...filings-upload-poll.disabled..": _FILING,
    "..filings-upload-result.children...filings-upload-poll.disabled..": _FILING,
    "..scenario-result.children...scenario-text.data..": _STUDYING,
    "scenario-saved.children": _STUDYING,
    "..releases-comparison.children...releases-poll.disabled...releases-start.hidden..": _STUDYING,
    "..releases-told.children...page.children..": frozenset({"analyst"}),
}


def output_name(output: str) -> str:
    """An output without the mark that Dash gives one which several callbacks write to."""
    return _MARK.sub("", output)


_MARK = re.compile("@[0-9a-f]{64}")
# What a page asks by itself, from time to time: it does not keep a session open.
NOT_BY_HAND = frozenset({"notice.children"})
