"""The application over a home, with accounts of every post, asked as a browser asks it: for tests of the gate."""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import dash
from werkzeug.test import TestResponse

from dashboard.access.rules import output_name
from dashboard.app import create_app
from pipelines.accounts.account import Role
from pipelines.accounts.signing_on import sign_in_trusted
from pipelines.home import Home
from tests.accounts import add_account

NOW = datetime(2026, 10, 12, 9)
ORIGIN = {"Origin": "http://localhost"}
POSTS: dict[str, tuple[Role, str | None]] = {
    "region-analyst-1": ("analyst", "650000"), "region-leader-1": ("leader", "650000"),
    "aksu-reporter-1": ("reporter", "652900"), "akesu-reporter-1": ("reporter", "652901"),
    "corps-reporter-1": ("reporter", "660000"), "region-system-1": ("system_admin", None),
    "region-security-1": ("security_admin", None), "region-audit-1": ("auditor", None),
}  # fmt: skip
COUNTY = "akesu-reporter-1"
SPARE = "spare-reporter-1"  # on which the administrators' deeds are tried
PAGE = "..page.children...shown-snapshot.data.."
DRAWER = "drawer.children"
STEP = "..drawer.children...page.children.."
UPLOAD = "..filings-uploads.data...filings-upload-poll.disabled.."
UPLOADED = "..filings-upload-result.children...filings-upload-poll.disabled.."
SLIDERS = "..scenario-result.children...scenario-text.data.."
COMPARE = "..releases-comparison.children...releases-poll.disabled...releases-start.hidden.."
PUBLISH = "..releases-told.children...page.children.."
SEARCH = "search-found.children"
# What a page sends beside its URL, by id and property; 1 for all others.
SENT: dict[tuple[str, str], Any] = {
    ("search", "value"): "aks", ("step-action", "value"): "accept", ("step-note", "value"): "已核对台账，情况属实。",
    ("step-until", "value"): None, ("step-reason", "value"): None, ("filings-uploads", "data"): [],
    ("filings-upload", "contents"): ["data:;base64," + base64.b64encode(b"x").decode()],
    ("filings-upload", "filename"): ["x.xlsx"], ("scenario-name", "value"): "试", ("scenario-text", "data"): "",
    ("shown-snapshot", "data"): "2026-09.r1",
}  # fmt: skip


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Site:
    """The application over a home, with an account of each post, and a browser that is signed in as one of them."""

    home: Home
    app: dash.Dash
    clock: Clock
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(self, who: str | None, method: str, path: str, **more: Any) -> TestResponse:
        """What the server answers to a post (None: not signed in)."""
        client = self.app.server.test_client()
        if who is not None:
            client.set_cookie("oversight", self.token(who))
        headers = more.pop("headers", ORIGIN)
        return client.open(path, method=method, headers=headers, **more)

    def token(self, who: str) -> str:
        """A session of a post, opened anew where the last one was ended."""
        signed = sign_in_trusted(self.home, who, now=self.clock(), address="", way="测试")
        return signed.token


def make_site(root: Path, built_home: Path, settings: str = "") -> Site:
    """Pages over the filings of a home; accounts are kept in a home of its own."""
    for name in ("snapshots", "ledger.sqlite", "archive", "staged"):
        (root / name).symlink_to(built_home / name)
    home, clock = Home(root), Clock()
    home.access_settings.write_text(settings, encoding="utf-8")
    for account_id, (role, division) in POSTS.items():
        add_account(home, account_id, role, division, NOW)
    add_account(home, SPARE, "reporter", "653222", NOW)
    return Site(home, create_app(root, clock), clock)


def registered_as(app: dash.Dash, output: str) -> str:
    """The output with the mark that Dash gives one which several callbacks write to."""
    return next(known for known in server_callbacks(app) if output_name(known) == output)


def call_body(
    app: dash.Dash, output: str, url: str, sent: dict[tuple[str, str], Any] | None = None
) -> dict[str, Any]:
    """The call of a callback as our pages send it, with a URL wherever one is asked for.

    `sent`: values by id and property, in place of those in `SENT`; `("…", "id")` of a pattern is its fixed type.
    """
    output = registered_as(app, output)
    registered = app.callback_map[output]
    values = {**SENT, **(sent or {})}
    parts = output.strip(".").split("...")
    outputs = [dict(zip(("id", "property"), part.rsplit(".", 1), strict=True)) for part in parts]

    def value(rule: dict[str, str]) -> Any:
        if rule["id"].startswith("{"):
            pattern = json.loads(rule["id"])
            known = {"parameter": "division", "shown": "x", "code": "x", "snapshot": values.get(("", "snapshot"), "x")}
            one = {name: known[name] if isinstance(part, list) else part for name, part in pattern.items()}
            told = {"id": one, "n_clicks": 1}.get(rule["property"], "652902" if pattern["type"] == "choice" else 1)
            return [{"id": one, "property": rule["property"], "value": told}]
        told = {"page-url": url, "drawer-url": url, "url": url.partition("?")[0]}.get(rule["id"], 1)
        if rule["property"] == "search":
            told = "?" + url.partition("?")[2]
        return {**rule, "value": values.get((rule["id"], rule["property"]), told)}

    inputs, state = ([value(rule) for rule in registered[kind]] for kind in ("inputs", "state"))
    first = inputs[0][0] if isinstance(inputs[0], list) else inputs[0]
    name = first["id"]
    if isinstance(name, dict):
        name = json.dumps(name, sort_keys=True, separators=(",", ":"))
    changed = f"{name}.{first['property']}"
    return {"output": output, "outputs": outputs if output.startswith("..") else outputs[0], "inputs": inputs,
            "state": state, "changedPropIds": [changed]}  # fmt: skip


def call(
    site: Site, who: str | None, output: str, url: str = "/", sent: dict[tuple[str, str], Any] | None = None,
    **more: Any,
) -> TestResponse:  # fmt: skip
    """What a callback that is called directly answers to a post."""
    body = call_body(site.app, output, url, sent)
    return site.ask(who, "POST", "/_dash-update-component", json=body, **more)


def server_callbacks(app: dash.Dash) -> list[str]:
    """Outputs of the callbacks that reach the server, as registered."""
    app.server.test_client().get("/sign-in")
    return [output for output, entry in app.callback_map.items() if "callback" in entry]
