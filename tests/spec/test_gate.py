"""The gate: every route and callback × every role, inside and outside scope; and those who try to get round it."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboard.access.rules import CALLBACKS, NOT_BY_HAND, ROUTES, output_name
from dashboard.view import PAGE_ROLES, PAGES, may_open
from data_contracts.divisions import load_divisions
from pipelines.accounts.account import ADMINISTRATORS, READERS, ROLE_TITLES, Role, visible_divisions
from pipelines.accounts.audit import read_audit, verify_audit
from pipelines.accounts.demo import create_demo_accounts
from pipelines.accounts.store import open_accounts
from tests.accounts import PASSWORD
from tests.sites import COUNTY, NOW, ORIGIN, PAGE, POSTS, SPARE, Site, call, call_body, make_site, server_callbacks

# A request that each route understands, and what it answers to whom it serves.
REQUESTS: dict[str, tuple[str, str, dict[str, str], int]] = {
    "_dash_assets.static": ("GET", "/assets/10-base.css", {}, 200),
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": ("GET", "", {}, 200),
    "/_favicon.ico": ("GET", "/_favicon.ico", {}, 200),
    "/": ("GET", "/", {}, 200),
    "/<path:path>": ("GET", "/warnings", {}, 200),
    "/_dash-layout": ("GET", "/_dash-layout", {}, 200),
    "/_dash-dependencies": ("GET", "/_dash-dependencies", {}, 200),
    "returned": ("GET", "/download/returned/HZ-2026-999999", {}, 404),
    "tables": ("GET", "/download/tables.csv?of=/warnings", {}, 200),
    "briefing": ("GET", "/download/briefing.docx?of=/&period=1999-01", {}, 404),
    "ledgers": ("GET", "/download/ledgers.xlsx?of=/", {}, 200),
    "chart": ("POST", "/download/chart", {"kind": "svg", "of": "/", "title": "x"}, 200),
    "sign_out": ("POST", "/sign-out", {}, 303),
    "password": ("GET", "/password", {}, 200),
    "administration": ("GET", "/admin", {}, 303),
    "manage_accounts": ("GET", "/admin/accounts", {}, 200),
    "manage_account": ("POST", f"/admin/accounts/{SPARE}", {"deed": "enable"}, 200),
    "manage_roles": ("GET", "/admin/roles", {}, 200),
    "manage_role": ("POST", f"/admin/roles/{SPARE}", {"deed": "release"}, 200),
    "audit": ("GET", "/admin/audit", {}, 200),
}
# Tested by themselves: callbacks one by one, signing in by its own tests.
BY_THEMSELVES = {"/_dash-update-component", "sign_in", "sign_in_demo"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, built_home: Path) -> Site:
    """The small region's pages; accounts are kept in a home of its own that sees the same filings."""
    return make_site(tmp_path_factory.mktemp("site"), built_home)


def test_every_route_and_every_callback_has_a_rule_and_every_rule_its_test(site: Site) -> None:
    # `static` is Flask's own and `/_reload-hash` Dash's for development: without a rule they answer nobody.
    endpoints = {rule.endpoint for rule in site.app.server.url_map.iter_rules()}
    assert endpoints - set(ROUTES) == {"static", "/_reload-hash"}
    assert set(ROUTES) <= endpoints
    assert set(ROUTES) == set(REQUESTS) | BY_THEMSELVES
    assert {output_name(output) for output in server_callbacks(site.app)} == set(CALLBACKS)
    assert set(CALLBACKS) >= NOT_BY_HAND
    assert set(PAGE_ROLES) <= set(PAGES)
    for roles in (*CALLBACKS.values(), *PAGE_ROLES.values()):
        assert roles
        assert not roles & ADMINISTRATORS


@pytest.mark.parametrize("who", [*POSTS, None])
@pytest.mark.parametrize("endpoint", REQUESTS)
def test_a_route_answers_those_whom_its_rule_names(site: Site, endpoint: str, who: str | None) -> None:
    method, path, form, expected = REQUESTS[endpoint]
    if not path:
        with site.app.server.test_request_context("/"):
            path = site.app.index().partition('src="/_dash-component')[2].partition('"')[0]
        path = f"/_dash-component{path}"
    sent = {"json": form} if endpoint == "chart" else {"data": form or None}
    answer = site.ask(who, method, path, **sent)
    rule = ROUTES[endpoint]
    if rule.is_public or (who is not None and POSTS[who][0] in rule.roles):
        assert answer.status_code == expected, answer.text
    elif who is None:
        assert answer.status_code == (401 if method == "POST" or path.startswith("/_") else 303)
        assert answer.headers.get("Location", "/sign-in").startswith("/sign-in")
    elif endpoint == "/" and POSTS[who][0] in ADMINISTRATORS:
        assert (answer.status_code, answer.headers["Location"]) == (303, "/admin")
    else:
        assert answer.status_code == 403
        newest = read_audit(site.home, most=1)[0]
        assert (newest.kind, newest.actor, newest.subject) == (
            "denied", who, f"{method} {path.partition('?')[0]}"
        )  # fmt: skip


@pytest.mark.parametrize("who", [*POSTS, None])
@pytest.mark.parametrize("output", CALLBACKS)
def test_a_callback_called_directly_answers_those_whom_its_rule_names(
    site: Site, output: str, who: str | None
) -> None:
    answer = call(site, who, output, "/?explain=cell:trained_share:652901:own:2026-09")
    if who is None:
        assert answer.status_code == 401
    elif POSTS[who][0] in CALLBACKS[output]:
        assert answer.status_code in (200, 204), answer.text
    else:
        assert answer.status_code == 403
        assert "652901" not in answer.text


READING_POSTS = [name for name, (role, _) in POSTS.items() if role in READERS]
QUESTIONS = [
    "{page}", "{page}?division={code}", "{page}?division={code}&scope=own", "{page}?prefecture={code}",
    "{page}?division={code}&period=2026-08",
]  # fmt: skip


@pytest.mark.parametrize("who", READING_POSTS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_shows_nothing_of_a_division_outside_the_readers_scope(site: Site, path: str, who: str) -> None:
    seen = visible_divisions(POSTS[who][1] or "")
    for code in ("652901", "653222", "654000", "660800"):
        for question in QUESTIONS:
            shown = call(site, who, PAGE, question.format(page=path, code=code)).get_json()
            text = json.dumps(shown, ensure_ascii=False)
            assert "program" not in text
            if seen is not None:
                assert outsiders(text, seen) == set(), question


@pytest.mark.parametrize("who", READING_POSTS)
@pytest.mark.parametrize(
    "explain",
    ["cell:trained_share:{code}:own:2026-09", "score:{code}:own:2026-09", "due:incidents:{code}:2026-09"],
)
def test_a_drawer_asked_for_directly_shows_nothing_outside_the_scope(site: Site, explain: str, who: str) -> None:
    seen = visible_divisions(POSTS[who][1] or "")
    for code in ("652901", "653222", "660800"):
        text = call(site, who, "drawer.children", f"/?explain={explain.format(code=code)}").text
        inside = seen is None or code in seen
        names = load_divisions().set_index("division_code")["name"]
        shown = json.dumps(json.loads(text), ensure_ascii=False) if text else ""
        assert (str(names[code]) in shown) == inside, shown[:600]


def outsiders(text: str, seen: frozenset[str]) -> set[str]:
    """Organisation, incident and finding codes in a text whose division is not among those seen."""
    import re

    found = re.findall(r"\b(?:JG|SS-|WT-|SJ-|JC-)(\d{6})", text)
    return {code for code in found if code not in seen}


FORGERIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another output": lambda body: {**body, "output": "nobody.children"},
    "an output of the browser's": lambda body: {**body, "output": "..page-url.data...drawer-url.data.."},
    "outputs that do not belong to it": lambda body: {**body, "outputs": [{"id": "x", "property": "y"}]},
    "another input": lambda body: {**body, "inputs": [{"id": "drawer-url", "property": "data", "value": "/"}]},
    "another property": lambda body: {**body, "inputs": [{"id": "page-url", "property": "x", "value": "/"}]},
    "no input": lambda body: {**body, "inputs": []},
    "an input too many": lambda body: {**body, "inputs": body["inputs"] * 2},
    "state that was not asked for": lambda body: {**body, "state": [{"id": "reader", "property": "data", "value": 1}]},
    "a value that is no URL": lambda body: {**body, "inputs": [{**body["inputs"][0], "value": {"path": "/"}}]},
    "a list": lambda body: [body],
    "nothing": lambda body: None,
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_call_is_not_understood(site: Site, forgery: str) -> None:
    body = FORGERIES[forgery](call_body(site.app, PAGE, "/"))
    answer = site.ask(COUNTY, "POST", "/_dash-update-component", json=body)
    assert answer.status_code == 400
    assert "Traceback" not in answer.text
    assert "请求看不懂" in str(answer.get_json())


def test_a_scope_or_role_sent_along_changes_nothing(site: Site) -> None:
    body = {**call_body(site.app, PAGE, "/division?division=653222"), "reader": "650000", "role": "analyst"}
    headers = {**ORIGIN, "X-Remote-User": "region-analyst-1", "X-Forwarded-User": "region-analyst-1"}
    answer = site.ask(COUNTY, "POST", "/_dash-update-component", json=body, headers=headers)
    assert "不在您的查看范围内" in str(answer.get_json())


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize(
    ("who", "path"),
    [
        (COUNTY, "/_dash-update-component"), (COUNTY, "/download/chart"), (COUNTY, "/sign-out"),
        (COUNTY, "/password"), (None, "/sign-in"), (None, "/sign-in/demo"), ("region-system-1", "/admin/accounts"),
        ("region-security-1", f"/admin/roles/{SPARE}"),
    ],
)  # fmt: skip
def test_nothing_is_changed_for_a_request_that_another_site_made(
    site: Site, who: str | None, path: str, headers: dict[str, str]
) -> None:
    answer = site.ask(who, "POST", path, headers=headers, data={"deed": "release"})
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_whatever_changes_something_is_asked_for_by_post(site: Site) -> None:
    writing = {"sign_out", "manage_account", "manage_role", "sign_in_demo"}
    for rule in site.app.server.url_map.iter_rules():
        if rule.endpoint in writing:
            assert rule.methods == {"POST", "OPTIONS"}


@pytest.mark.parametrize("token", ["", "x", "eyJhY2NvdW50IjoiYWRtaW4ifQ.forged.signature-of-flask", "a" * 43, "é" * 30])
def test_a_forged_session_opens_nothing(site: Site, token: str) -> None:
    client = site.app.server.test_client()
    for name in ("oversight", "__Host-oversight", "session", "remember_token"):
        client.set_cookie(name, token)
    assert client.get("/_dash-layout").status_code == 401


def test_signing_in_gives_a_cookie_that_scripts_and_other_sites_do_not_get(site: Site) -> None:
    form = {"account": COUNTY, "password": PASSWORD, "next": "/warnings"}
    answer = site.ask(None, "POST", "/sign-in", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/warnings")
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    secure = site.ask(None, "POST", "/sign-in", data=form, base_url="https://localhost", headers={"Origin": "https://localhost"})
    assert secure.headers["Set-Cookie"].startswith("__Host-oversight=")
    assert "Secure" in secure.headers["Set-Cookie"]
    assert "max-age" in secure.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "/_dash-layout", "x", "/\n/e"]
)
def test_signing_in_leads_to_no_other_site(site: Site, wanted: str) -> None:
    answer = site.ask(None, "POST", "/sign-in", data={"account": COUNTY, "password": PASSWORD, "next": wanted})
    assert answer.headers["Location"] == "/"


def test_a_password_is_not_taken_over_plain_http_from_another_machine(site: Site) -> None:
    away = {"REMOTE_ADDR": "10.1.2.3"}
    answer = site.ask(None, "POST", "/sign-in", data={"account": COUNTY, "password": PASSWORD}, environ_overrides=away)
    assert answer.status_code == 403
    assert "https" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_brute_force_through_the_page_ends_in_the_lock(tmp_path: Path, built_home: Path) -> None:
    site = make_site(tmp_path, built_home)

    def attempt(password: str) -> int:
        return site.ask(None, "POST", "/sign-in", data={"account": COUNTY, "password": password}).status_code

    assert [attempt(f"guess-{n}") for n in range(6)] == [401] * 6
    assert attempt(PASSWORD) == 401
    site.clock.now = NOW + timedelta(minutes=15)
    assert attempt(PASSWORD) == 303
    assert {"sign_in_failed", "locked_out"} <= {entry.kind for entry in read_audit(site.home)}
    assert verify_audit(site.home) == []


def test_a_session_ends_when_nobody_is_there_though_the_page_keeps_asking(tmp_path: Path, built_home: Path) -> None:
    site = make_site(tmp_path, built_home)
    client = site.app.server.test_client()
    client.set_cookie("oversight", site.token(COUNTY))
    body = call_body(site.app, "notice.children", "/") if server_callbacks(site.app) else {}
    for _ in range(5):
        site.clock.now += timedelta(minutes=7)
        last = client.post("/_dash-update-component", json=body, headers=ORIGIN).status_code
    assert last == 401
    assert client.get("/_dash-layout").status_code == 401


def test_an_account_with_a_first_password_gets_no_further_than_to_change_it(tmp_path: Path, built_home: Path) -> None:
    site = make_site(tmp_path, built_home)
    with open_accounts(site.home) as accounts:
        accounts.change(accounts.get(COUNTY), must_change=True)
    for path in ("/", "/warnings"):
        assert site.ask(COUNTY, "GET", path).headers["Location"] == "/password"
    assert site.ask(COUNTY, "GET", "/_dash-layout").status_code == 403
    assert call(site, COUNTY, PAGE).status_code == 403
    form = {"old": PASSWORD, "new": "Other-Lamp8Stone", "again": "Other-Lamp8Stone"}
    changed = site.ask(COUNTY, "POST", "/password", data=form)
    assert (changed.status_code, changed.headers["Location"]) == (303, "/")
    assert site.ask(COUNTY, "GET", "/").status_code == 200


PROXY = "proxy_peers: ['10.0.0.2']\naccount_header: X-Remote-User\n"


@pytest.mark.parametrize(
    ("settings", "peer", "name", "status"),
    [
        (PROXY, "10.0.0.2", COUNTY, 200), (PROXY, "10.0.0.3", COUNTY, 403), (PROXY, "127.0.0.1", COUNTY, 403),
        (PROXY, "10.0.0.2", "nobody-bgs-1", 403), ("", "10.0.0.2", COUNTY, 401),
    ],
)  # fmt: skip
def test_a_proxys_header_is_believed_from_its_own_address_only(
    tmp_path: Path, built_home: Path, settings: str, peer: str, name: str, status: int
) -> None:
    site = make_site(tmp_path, built_home, settings)
    headers = {"X-Remote-User": name, "X-Forwarded-For": "10.7.7.7"}
    answer = site.ask(None, "GET", "/_dash-layout", headers=headers, environ_overrides={"REMOTE_ADDR": peer})
    assert answer.status_code == status
    if status == 200:
        assert read_audit(site.home, kind="signed_in", most=1)[0].address == "10.7.7.7"
    if settings and peer != "10.0.0.2":
        assert read_audit(site.home, kind="denied", most=1)[0].address == peer


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, 303),
        ({"environ_overrides": {"REMOTE_ADDR": "10.1.2.3"}}, 403),
        ({"base_url": "http://rebound.example", "headers": {"Origin": "http://rebound.example"}}, 403),
    ],
    ids=["here", "another machine", "a name made to point here"],
)
def test_one_click_opens_demo_accounts_on_this_machine_only(
    tmp_path: Path, built_home: Path, more: dict[str, Any], status: int
) -> None:
    site = make_site(tmp_path, built_home)
    assert create_demo_accounts(site.home, NOW)
    assert site.ask(None, "POST", "/sign-in/demo", data={"account": "demo-leader-1"}, **more).status_code == status
    assert site.ask(None, "POST", "/sign-in/demo", data={"account": COUNTY}).status_code == 403


@pytest.mark.parametrize("text", ["<script>alert(1)</script>岗", "{{ 7*7 }}岗位", "'; DROP TABLE accounts; --"])
def test_a_title_with_script_in_it_is_shown_as_text(tmp_path: Path, built_home: Path, text: str) -> None:
    site = make_site(tmp_path, built_home)
    form = {"account": "new-bgs-1", "title": text}
    assert site.ask("region-system-1", "POST", "/admin/accounts", data=form).status_code == 200
    shown = site.ask("region-security-1", "GET", "/admin/roles").text
    assert "<script>alert" not in shown
    assert "49岗位" not in shown


@pytest.mark.parametrize("role", ROLE_TITLES)
def test_the_administrators_open_no_page_with_figures(role: Role) -> None:
    assert all(may_open(path, role) == (role in PAGE_ROLES.get(path, READERS)) for path in (*PAGES, "/nowhere"))
    assert not any(may_open(path, role) for path in PAGES) or role in READERS


@pytest.fixture
def failing(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    def fail(*_: object) -> None:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr("dashboard.access.administration.read_audit", fail)
    yield site


def test_a_fault_shows_a_number_and_nothing_of_the_inside(failing: Site) -> None:
    answer = failing.ask("region-audit-1", "GET", "/admin/audit")
    assert answer.status_code == 500
    assert "编号" in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("who", "method", "path", "data", "status"),
    [
        (COUNTY, "POST", "/download/chart", b"x" * 600_000, 413), (COUNTY, "GET", "/static/x", None, 404),
        (COUNTY, "DELETE", "/sign-out", None, 404),
        (None, "GET", "/assets/../app.py", None, 404), (None, "GET", "/assets/%2e%2e/app.py", None, 404),
    ],
)  # fmt: skip
def test_failures_are_told_in_chinese_and_carry_the_headers(
    site: Site, who: str | None, method: str, path: str, data: bytes | None, status: int
) -> None:
    answer = site.ask(who, method, path, data=data, content_type="application/json" if data else None)
    assert answer.status_code == status
    assert "Error" not in answer.text
    assert "root:" not in answer.text
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"):
        assert name in answer.headers


def test_what_holds_data_is_kept_in_no_cache(site: Site) -> None:
    for path in ("/", "/_dash-layout", "/_dash-dependencies"):
        assert site.ask(COUNTY, "GET", path).headers["Cache-Control"] == "no-store"
    assert call(site, COUNTY, PAGE).headers["Cache-Control"] == "no-store"
    assert site.ask(None, "GET", "/sign-in").headers["Cache-Control"] == "no-store"
