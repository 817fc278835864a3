"""Commands of accounts and audit: what is done on the server, beside the administrators' pages."""

from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from commands.terminal import (
    DEFAULT_HOME,
    RETURNED,
    Command,
    Group,
    HomeOption,
    JsonOption,
    app,
    open_home,
    print_json,
    print_table,
)

accounts_app = typer.Typer(cls=Group, help="账号：建立、停用、重置、解锁；属岗位，不属个人。", no_args_is_help=True)
audit_app = typer.Typer(cls=Group, help="审计：查看记录，核对校验链。", no_args_is_help=True)
app.add_typer(accounts_app, name="accounts")
app.add_typer(audit_app, name="audit")

AccountArgument = Annotated[str, typer.Argument(help="账号，如 hetian-bgs-1：地区、岗位、序号")]


@accounts_app.command("add", cls=Command)
def add_account(
    account: AccountArgument,
    title: Annotated[str, typer.Option("--title", help="岗位名称，如 和田地区保密局办公室1岗")],
    role: Annotated[
        str,
        typer.Option("--role", help="analyst 研判岗、leader 领导岗、reporter 填报岗、system_admin 系统管理员、"
                                    "security_admin 安全管理员、auditor 审计员"),
    ],
    division: Annotated[str | None, typer.Option("--division", help="区划范围，如 653200；管理员不设")] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:  # fmt: skip
    """新建账号并授权，显示初始口令（只显示这一次，首次登录须改）。"""
    from pipelines.accounts.account import checked_role
    from pipelines.accounts.administration import SERVER, assign_role, create_account
    from pipelines.accounts.settings import load_access_settings

    place, now = open_home(home), datetime.now()
    checked_role(role, division)
    password = create_account(place, account, title, by=SERVER, now=now, settings=load_access_settings(place))
    assign_role(place, account, role, division, by=SERVER, now=now)
    print(f"已建账号 {account}，初始口令：{password}\n只显示这一次；首次登录须修改。")


@accounts_app.command("list", cls=Command)
def list_all(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """全部账号：岗位、角色、范围、状态。"""
    from pipelines.accounts.account import ROLE_TITLES
    from pipelines.accounts.store import list_accounts

    now, found = datetime.now(), list_accounts(open_home(home))
    if as_json:
        print_json({"accounts": [
            {"account": one.account_id, "title": one.title, "role": one.role, "division": one.division_code,
             "state": one.state(now), "is_demo": one.is_demo} for one in found
        ]})  # fmt: skip
        return
    table = Table("账号", "岗位名称", "角色", "范围", "状态", box=None, header_style="bold")
    for one in found:
        role = ROLE_TITLES[one.role] if one.role else "—"
        table.add_row(one.account_id, one.title, role, one.division_code or "—", one.state(now))
    print_table(table) if found else print("还没有账号，用 oversight accounts add 新建。")


@accounts_app.command("disable", cls=Command)
def disable(account: AccountArgument, home: HomeOption = DEFAULT_HOME) -> None:
    """停用账号，断开它的会话。"""
    from pipelines.accounts.administration import SERVER, set_disabled

    set_disabled(open_home(home), account, True, by=SERVER, now=datetime.now())
    print(f"账号 {account} 已停用。")


@accounts_app.command("enable", cls=Command)
def enable(account: AccountArgument, home: HomeOption = DEFAULT_HOME) -> None:
    """恢复停用的账号，或者解锁、启用。"""
    from pipelines.accounts.administration import SERVER, release_account, set_disabled

    place, now = open_home(home), datetime.now()
    set_disabled(place, account, False, by=SERVER, now=now)
    release_account(place, account, by=SERVER, now=now)
    print(f"账号 {account} 已启用。")


@accounts_app.command("reset", cls=Command)
def reset(account: AccountArgument, home: HomeOption = DEFAULT_HOME) -> None:
    """重置口令，显示新的初始口令（只显示这一次）；管理员账号只能这样重置。"""
    from pipelines.accounts.administration import SERVER, reset_password
    from pipelines.accounts.settings import load_access_settings

    place = open_home(home)
    password = reset_password(place, account, by=SERVER, now=datetime.now(), settings=load_access_settings(place))
    print(f"账号 {account} 的新初始口令：{password}\n只显示这一次；登录后须修改。")


@audit_app.command("list", cls=Command)
def list_audit(
    kind: Annotated[str | None, typer.Option("--kind", help="只看一类，如 sign_in_failed、denied")] = None,
    most: Annotated[int, typer.Option("--most", min=1, max=100_000, help="最多几条")] = 50,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """审计记录，新的在前：谁在何时从哪里做了什么。"""
    from dataclasses import asdict

    from pipelines.accounts.audit import read_audit
    from pipelines.accounts.audit_kinds import AUDIT_TITLES

    if kind is not None and kind not in AUDIT_TITLES:
        raise typer.BadParameter(f"没有“{kind}”这一类，可用的有 {'、'.join(AUDIT_TITLES)}")
    found = read_audit(open_home(home), kind=kind, most=most)
    if as_json:
        print_json({"entries": [asdict(one) for one in found]})
        return
    table = Table("序号", "时间", "种类", "经办", "对象", "来源", "详情", box=None, header_style="bold")
    for one in found:
        table.add_row(*one.to_row())
    print_table(table) if found else print("没有这样的记录。")


@audit_app.command("verify", cls=Command)
def verify(
    noted: Annotated[str | None, typer.Option("--noted", help="以前抄存的 序号:校验值，核对末尾有没有被截去")] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """核对审计的校验链，以及账号、会话与它是否相符。"""
    from pipelines.accounts.audit import audit_head, verify_audit

    place = open_home(home)
    faults, (count, head) = verify_audit(place, noted), audit_head(place)
    if as_json:
        print_json({"entries": count, "head": head, "faults": faults})
    else:
        for fault in faults:
            print(fault)
        print(f"共 {count} 条，{f'{len(faults)} 处不符' if faults else '校验链完好'}；抄存备查：{count}:{head}")
    raise typer.Exit(RETURNED if faults else 0)
