"""The pages on which people sign in, change a password and sign out: plain forms that need no script."""

from flask import Flask, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response

from dashboard.access.gate import Gate, signed_in
from dashboard.wording import scope_title
from pipelines.accounts.account import ADMINISTRATORS, ROLE_TITLES, Account, AccountError
from pipelines.accounts.demo import demo_accounts
from pipelines.accounts.signing_on import (
    SignInRefused,
    TooManyFailures,
    change_password,
    find_session,
    sign_in,
    sign_in_trusted,
    sign_out,
)
from pipelines.accounts.store import list_accounts

_NO_HTTPS = "从别的机器登录须用 https，口令才不会在网上被看到。请系统管理员配置证书（见 docs/security.md）。"
Answer = str | Response | tuple[str, int]


def add_sign_in_pages(server: Flask, gate: Gate) -> None:
    """Put the pages on the server."""

    @server.route("/sign-in", methods=["GET", "POST"], endpoint="sign_in")
    def _sign_in() -> Answer:
        return _enter(gate) if request.method == "POST" else _show_sign_in(gate)

    @server.route("/sign-in/demo", methods=["POST"], endpoint="sign_in_demo")
    def _sign_in_demo() -> Answer:
        return _enter_demo(gate)

    @server.route("/sign-out", methods=["POST"], endpoint="sign_out")
    def _sign_out() -> Answer:
        sign_out(gate.home, gate.token(), now=gate.clock(), address=gate.address())
        left = redirect("/sign-in", 303)
        left.delete_cookie(gate.cookie_name(), httponly=True, samesite="Strict", secure=gate.is_https())
        return left

    @server.route("/password", methods=["GET", "POST"], endpoint="password")
    def _password() -> Answer:
        return _change(gate) if request.method == "POST" else _show_password(gate)


def local_path(wanted: str | None) -> str:
    """Where to go after signing in: a path of ours, never another site's address."""
    is_ours = wanted and wanted.startswith("/") and not wanted.startswith(("//", "/\\", "/_", "/sign-"))
    return wanted if wanted and is_ours and wanted.isprintable() else "/"


def _show_sign_in(gate: Gate, told: str | None = None, status: int = 200) -> Answer:
    now, token = gate.clock(), gate.token()
    if request.method == "GET" and find_session(gate.home, token, now=now, settings=gate.settings):
        return redirect(local_path(request.args.get("next")), 303)
    if request.headers.get("Sec-Fetch-Site") == "cross-site" and "again" not in request.args:
        # A link from another site comes without our Strict cookie; asked for again by this page, it comes with it.
        return render_template("again.html", next=local_path(request.args.get("next")))
    demo = demo_accounts(gate.home) if gate.is_local() else []
    page = render_template(
        "sign_in.html",
        told=told or (None if gate.may_carry_passwords() else _NO_HTTPS),
        wanted=local_path(request.values.get("next")),
        account_id=request.form.get("account", "")[:40],
        demo=[(one, ROLE_TITLES[one.role], scope_title(one)) for one in demo if one.role],
        has_accounts=any(not account.is_demo for account in list_accounts(gate.home)),
        minutes=gate.settings.idle_minutes,
    )
    return page, status


def _enter(gate: Gate) -> Answer:
    if not gate.may_carry_passwords():
        return _show_sign_in(gate, _NO_HTTPS, 403)
    name, password = request.form.get("account", ""), request.form.get("password", "")
    try:
        signed = sign_in(gate.home, name, password, now=gate.clock(), address=gate.address(), settings=gate.settings)
    except TooManyFailures as refused:
        return _show_sign_in(gate, str(refused), 429)
    except SignInRefused as refused:
        return _show_sign_in(gate, str(refused), 401)
    return _go_in(signed.account, signed.token)


def _enter_demo(gate: Gate) -> Answer:
    name = request.form.get("account", "")
    if not gate.is_local() or name not in {account.account_id for account in demo_accounts(gate.home)}:
        abort(403, "一键登录只在模拟数据的演示里、在本机上可用。")
    signed = sign_in_trusted(gate.home, name, now=gate.clock(), address=gate.address(), way="演示一键登录")
    return _go_in(signed.account, signed.token)


def _go_in(account: Account, token: str) -> Response:
    g.new_token = token
    if account.must_change:
        return redirect("/password", 303)
    return redirect("/admin" if account.role in ADMINISTRATORS else local_path(request.form.get("next")), 303)


def _show_password(gate: Gate, told: str | None = None, status: int = 200) -> Answer:
    account = signed_in()
    if account is None or account.is_demo:
        abort(403, "演示账号没有口令。")
    return render_template("password.html", account=account, told=told, length=gate.settings.password_length), status


def _change(gate: Gate) -> Answer:
    account = signed_in()
    if account is None or account.is_demo:
        abort(403, "演示账号没有口令。")
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    if new != again:
        return _show_password(gate, "两次输入的新口令不一样", 400)
    try:
        signed = change_password(gate.home, account.account_id, old, new, now=gate.clock(), address=gate.address(),
                                 settings=gate.settings)  # fmt: skip
    except TooManyFailures as refused:
        return _show_password(gate, str(refused), 429)
    except AccountError as refused:
        return _show_password(gate, str(refused), 400)
    return _go_in(signed.account, signed.token)
