"""系统管理: what each of the three administrators sees and does, on pages of its own."""

from collections.abc import Callable

from flask import Flask, abort, redirect, render_template, request

from dashboard.access.gate import Gate, signed_in
from dashboard.access.signing import Answer
from dashboard.wording import scope_title
from data_contracts.divisions import CORPS_CODE, load_divisions, reporters
from pipelines.accounts import administration as deeds
from pipelines.accounts.account import ROLE_TITLES, Account, AccountError, Role
from pipelines.accounts.administration import Administrator
from pipelines.accounts.audit import audit_head, read_audit, verify_audit
from pipelines.accounts.audit_kinds import AUDIT_TITLES
from pipelines.accounts.store import list_accounts

_HOMES: dict[Role, str] = {
    "system_admin": "/admin/accounts",
    "security_admin": "/admin/roles",
    "auditor": "/admin/audit",
}
Deed = Callable[[Administrator], str]


def add_administration_pages(server: Flask, gate: Gate) -> None:
    """Put the pages on the server."""

    @server.get("/admin", endpoint="administration")
    def _home() -> Answer:
        return redirect(_HOMES[_account().role or "auditor"], 303)

    @server.route("/admin/accounts", methods=["GET", "POST"], endpoint="manage_accounts")
    def _accounts() -> Answer:
        return _do(gate, "accounts.html", _create(gate)) if request.method == "POST" else _show(gate, "accounts.html")

    @server.post("/admin/accounts/<account_id>", endpoint="manage_account")
    def _account_deed(account_id: str) -> Answer:
        return _do(gate, "accounts.html", _system_deed(gate, account_id))

    @server.get("/admin/roles", endpoint="manage_roles")
    def _roles() -> Answer:
        return _show(gate, "roles.html")

    @server.post("/admin/roles/<account_id>", endpoint="manage_role")
    def _role_deed(account_id: str) -> Answer:
        return _do(gate, "roles.html", _security_deed(gate, account_id))

    @server.get("/admin/audit", endpoint="audit")
    def _audit() -> Answer:
        return _show_audit(gate)


def _account() -> Account:
    account = signed_in()
    if account is None:
        abort(401)
    return account


def _create(gate: Gate) -> Deed:
    def create(by: Administrator) -> str:
        name = request.form.get("account", "").strip()
        title = request.form.get("title", "")
        password = deeds.create_account(gate.home, name, title, by=by, now=gate.clock(), settings=gate.settings)
        return f"已建 {name}，初始口令 {password} （只显示这一次；须由安全管理员授权后才能登录）"

    return create


def _system_deed(gate: Gate, account_id: str) -> Deed:
    def disable(by: Administrator) -> str:
        deeds.set_disabled(gate.home, account_id, True, by=by, now=gate.clock())
        return f"{account_id} 已停用，其会话已断开"

    def enable(by: Administrator) -> str:
        deeds.set_disabled(gate.home, account_id, False, by=by, now=gate.clock())
        return f"{account_id} 已恢复，须由安全管理员启用"

    def reset(by: Administrator) -> str:
        password = deeds.reset_password(gate.home, account_id, by=by, now=gate.clock(), settings=gate.settings)
        return f"{account_id} 的新初始口令 {password} （只显示这一次；须由安全管理员启用）"

    return _chosen({"disable": disable, "enable": enable, "reset": reset})


def _security_deed(gate: Gate, account_id: str) -> Deed:
    def assign(by: Administrator) -> str:
        role, division = request.form.get("role", ""), request.form.get("division") or None
        account = deeds.assign_role(gate.home, account_id, role, division, by=by, now=gate.clock())
        return f"{account_id} 现为{ROLE_TITLES[account.role] if account.role else ''} {scope_title(account)}"

    def release(by: Administrator) -> str:
        deeds.release_account(gate.home, account_id, by=by, now=gate.clock())
        return f"{account_id} 已启用（解锁）"

    return _chosen({"assign": assign, "release": release})


def _chosen(known: dict[str, Deed]) -> Deed:
    return known.get(request.form.get("deed", "")) or abort(400)


def _do(gate: Gate, template: str, deed: Deed) -> Answer:
    account = _account()
    try:
        done = deed(Administrator(account.account_id, account.role, gate.address()))
    except AccountError as refused:
        return _show(gate, template, refused=str(refused)), 400
    return _show(gate, template, done=done)


def _show(gate: Gate, template: str, *, done: str | None = None, refused: str | None = None) -> str:
    account, now = _account(), gate.clock()
    rows = [
        {"account": one, "state": one.state(now), "role": ROLE_TITLES[one.role] if one.role else "—",
         "scope": scope_title(one), "is_self": one.account_id == account.account_id}
        for one in list_accounts(gate.home)
    ]  # fmt: skip
    return render_template(
        template, account=account, role_title=ROLE_TITLES[account.role] if account.role else "", rows=rows, done=done,
        refused=refused, roles=ROLE_TITLES, divisions=_division_options() if template == "roles.html" else [],
    )  # fmt: skip


def _division_options() -> list[tuple[str, str]]:
    divisions = load_divisions()
    named = reporters(divisions)[["division_code", "name"]].itertuples(index=False)
    options = [(str(code), "全区" if code == "650000" else str(name)) for code, name in named]
    return [*options[:1], (CORPS_CODE, "新疆生产建设兵团（全部师）"), *options[1:]]


def _show_audit(gate: Gate) -> str:
    account = _account()
    kind = request.args.get("kind")
    before = request.args.get("before", type=int)
    entries = read_audit(gate.home, kind=kind if kind in AUDIT_TITLES else None, before=before, most=100)
    return render_template(
        "audit.html", account=account, role_title=ROLE_TITLES["auditor"], entries=[one.to_row() for one in entries],
        kinds=AUDIT_TITLES, kind=kind, faults=verify_audit(gate.home), head=audit_head(gate.home),
        oldest=entries[-1].entry_id if len(entries) == 100 else None,
    )  # fmt: skip
