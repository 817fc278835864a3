"""The gate before every request: same origin, signed in, role, callback as registered; the rest is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import flask_login
from dash import Dash
from flask import Flask, Request, abort, g, redirect, request
from werkzeug.wrappers import Response

from dashboard.access.calls import Call, read_call
from dashboard.access.rules import CALLBACKS, NOT_BY_HAND, ROUTES, Rule, output_name
from pipelines.accounts.account import ADMINISTRATORS, Account
from pipelines.accounts.audit import record
from pipelines.accounts.settings import AccessSettings
from pipelines.accounts.signing_on import SignInRefused, find_session, sign_in_trusted
from pipelines.home import Home

COOKIE = "oversight"
SMALL_REQUEST = 512 * 1024
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SignedInUser(flask_login.UserMixin):  # type: ignore[misc]  # no types
    """An account as flask-login wants it."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        """The account's id."""
        return self.account.account_id


@dataclass(frozen=True)
class Gate:
    """Where accounts are kept, what the operator set, and the clock."""

    home: Home
    settings: AccessSettings
    clock: Callable[[], datetime]

    def address(self) -> str:
        """Where the request comes from; behind a trusted proxy, whom that says it comes from."""
        peer = request.remote_addr or ""
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        return forwarded if forwarded and self._is_trusted_peer() else peer

    def is_https(self) -> bool:
        """Whether the browser came over https, to us or to a trusted proxy."""
        return request.is_secure or (self._is_trusted_peer() and request.headers.get("X-Forwarded-Proto") == "https")

    def is_local(self) -> bool:
        """Whether the browser is on this machine and called it by its own name (a stranger's may point here too)."""
        return request.remote_addr in _LOOPBACK and host_name(request) in _LOOPBACK and not self._is_trusted_peer()

    def may_carry_passwords(self) -> bool:
        """Whether a password may be sent this way."""
        return self.is_https() or self.is_local() or self.settings.allow_plain_http

    def cookie_name(self) -> str:
        """Over https the prefix makes browsers refuse a cookie that another host or plain http tries to set."""
        return f"__Host-{COOKIE}" if self.is_https() else COOKIE

    def token(self) -> str:
        """The session token that came along."""
        return request.cookies.get(self.cookie_name(), "")

    def load(self, _: Request) -> SignedInUser | None:
        """The account of the request: of its session, or signed on by a trusted proxy. For flask-login."""
        name = self._name_by_proxy()
        account = find_session(
            self.home, self.token(), now=self.clock(), settings=self.settings, keeps_awake=not _is_by_itself()
        )
        if name and (account is None or account.account_id != name):
            account = self._sign_on_by_proxy(name)
        return SignedInUser(account) if account else None

    def deny(self, account: Account, what: str) -> None:
        """Enter a denied access into the audit chain and refuse."""
        record(self.home, "denied", at=self.clock(), actor=account.account_id, subject=what, address=self.address())
        abort(403, "这个账号的角色不能打开这里，已记入审计。")

    def _is_trusted_peer(self) -> bool:
        return request.remote_addr in self.settings.proxy_peers

    def _name_by_proxy(self) -> str | None:
        header = self.settings.account_header
        name = request.headers.get(header) if header else None
        if name and not self._is_trusted_peer():
            record(self.home, "denied", at=self.clock(), actor="未登录", subject=f"代理登录头 {header}",
                   address=request.remote_addr or "", detail={"原因": "来自未列入的地址"})  # fmt: skip
            abort(403, "登录头只接受可信代理转来的，已记入审计。")
        return name

    def _sign_on_by_proxy(self, name: str) -> Account | None:
        try:
            signed = sign_in_trusted(self.home, name, now=self.clock(), address=self.address(), way="代理")
        except SignInRefused as refused:
            abort(403, str(refused))
        g.new_token = signed.token
        return signed.account


def signed_in() -> Account | None:
    """The account of the request."""
    user = flask_login.current_user
    return user.account if user and user.is_authenticated else None


def host_name(asked: Request) -> str:
    """Host of a request without its port."""
    return urlsplit(f"//{asked.host}").hostname or ""


def stand_guard(app: Dash, gate: Gate) -> None:
    """Put the gate before every request of the application."""
    manager = flask_login.LoginManager()
    manager.session_protection = None  # sessions are ours; Flask's own signed cookie is not used at all
    manager.init_app(app.server)
    manager.request_loader(gate.load)

    server: Flask = app.server

    @server.before_request
    def check() -> Response | None:
        return _check(app, gate)

    @server.after_request
    def keep_session(response: Any) -> Any:
        if token := g.get("new_token"):
            response.set_cookie(gate.cookie_name(), token, httponly=True, samesite="Strict", secure=gate.is_https())
        return response


def _check(app: Dash, gate: Gate) -> Response | None:
    rule = ROUTES.get(request.endpoint or "")
    if request.method not in _SAFE and not _is_same_origin():
        abort(403, "请求不是由本平台的页面发出的，没有执行。")
    if rule is None:
        abort(404)
    if not rule.is_large:
        request.max_content_length = SMALL_REQUEST
    account = None if rule.is_public else signed_in()
    if rule.is_public:
        return None
    if account is None:
        return _to_sign_in()
    if account.must_change and not rule.before_change:
        return redirect("/password", 303) if _wants_page() else abort(403, "请先修改口令。")
    _check_role(app, gate, account, rule)
    return None


def _check_role(app: Dash, gate: Gate, account: Account, rule: Rule) -> None:
    if account.role not in rule.roles:
        if request.endpoint == "/" and account.role in ADMINISTRATORS:
            abort(redirect("/admin", 303))
        gate.deny(account, f"{request.method} {request.path}")
    if request.endpoint == "/_dash-update-component":
        call: Call = read_call(app, request)
        if account.role not in CALLBACKS.get(output_name(call.output), frozenset()):
            gate.deny(account, f"回调 {call.output}")


def _to_sign_in() -> Response:
    if not _wants_page():
        abort(401)
    wanted = request.full_path.rstrip("?")
    return redirect("/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='')}", 303)


def _wants_page() -> bool:
    return request.method == "GET" and not request.path.startswith("/_")


def _is_by_itself() -> bool:
    if request.endpoint != "/_dash-update-component":
        return False
    body = request.get_json(silent=True)
    return isinstance(body, dict) and body.get("output") in NOT_BY_HAND


def _is_same_origin() -> bool:
    """Every browser names the origin of what is not a mere reading; most also say in which relation it stands."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin"):
        return False
    return urlsplit(origin).netloc == request.host if origin else site == "same-origin"
