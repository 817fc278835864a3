"""Commands of the warnings: what stands, and each step of its handling."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from commands.terminal import (
    DEFAULT_HOME,
    RETURNED,
    ActorOption,
    Command,
    Group,
    HomeOption,
    JsonOption,
    app,
    open_home,
    print_json,
    print_table,
)

warnings_app = typer.Typer(cls=Group, help="预警：查看，从发布到销号逐步办理，处处留痕。", no_args_is_help=True)
app.add_typer(warnings_app, name="warnings")

IdArgument = Annotated[str, typer.Argument(help="预警编号，如 W-202608-3f9a1c07")]
SeenOption = Annotated[int, typer.Option("--seen", min=0, help="您看到的最后一步是第几步（还没有办过的写 0）")]
NoteOption = Annotated[str | None, typer.Option("--note", "--reason", help="说明：做了什么、为什么，留在台账上")]
AttachmentOption = Annotated[Path | None, typer.Option("--attachment", help="附件；只记其校验值，文件留在本单位")]
RoleOption = Annotated[
    str | None,
    typer.Option(
        "--role", envvar="OVERSIGHT_ROLE", help="岗位：analyst 研判岗、approver 签发岗、superior 上级局、bureau 责任局"
    ),
]
DivisionOption = Annotated[
    str, typer.Option("--division", envvar="OVERSIGHT_DIVISION", help="经办所在局的区划代码", show_default=True)
]


@warnings_app.command("list", cls=Command)
def list_warnings(
    division: Annotated[str | None, typer.Option("--division", help="只看这个填报单位")] = None,
    tier: Annotated[str | None, typer.Option("--tier", help="只看这一级：red、orange、yellow、blue")] = None,
    state: Annotated[str | None, typer.Option("--state", help="只看办到这一步的，如 new、issued、handling")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只看时限已过的")] = False,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """现有的预警：等级、办理状态、时限还有多久；已不再出现而没有办完的也列出。"""
    from pipelines.handling_lists import list_worked

    found = list_worked(open_home(home), division=division, tier=tier, state=state, overdue=overdue)
    if as_json:
        print_json({"warnings": [one.to_dict() for one in found]})
        return
    table = Table("编号", "等级", "单位", "预警", "状态", "步", "时限", "缓急", box=None, header_style="bold")
    for one in found:
        table.add_row(*one.to_row())
    print_table(table) if found else print("没有这样的预警。")


@warnings_app.command("show", cls=Command)
def show_warning(warning_id: IdArgument, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """一条预警：说的是什么，办到哪一步，每一步谁在何时做了什么（含被拒的）。"""
    from pipelines.handling_lists import describe_warning

    found = describe_warning(open_home(home), warning_id)
    print_json(found.to_dict()) if as_json else print(found.to_text())


@warnings_app.command("issue", cls=Command)
def issue(
    warning_id: IdArgument, seen: SeenOption, note: NoteOption = None, attachment: AttachmentOption = None,
    role: RoleOption = None, division: DivisionOption = "650000", home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """发布；一级、二级的先拟发，再由另一岗位或账号签发。"""
    _step("issue", "analyst", **locals())


@warnings_app.command("raise", cls=Command)
def raise_tier(
    warning_id: IdArgument, seen: SeenOption, note: NoteOption = None,
    sign: Annotated[bool, typer.Option("--sign", help="签发已拟的提级；不写则是拟提级")] = False,
    attachment: AttachmentOption = None,
    role: RoleOption = None, division: DivisionOption = "650000", home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """提级：发布后升到一级、二级的，先拟提级，再由另一岗位或账号签发（--sign），新的等级才下达。"""
    given = locals()
    _step("sign_raise" if given.pop("sign") else "raise", "analyst", **given)


@warnings_app.command("rules", cls=Command)
def list_rules(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """各条规则的成绩：触发、发布、了结多少条，其中误报的比例，签收和销号各用几个工作日（中位数）。"""
    from pipelines.handling_rules import read_rule_records

    found = read_rule_records(open_home(home))
    if as_json:
        print_json({"rules": [one.to_dict() for one in found]})
        return
    table = Table("规则", "代码", "触发", "现有", "发布", "销号", "误报", "误报率", "签收用", "销号用",
                  box=None, header_style="bold")  # fmt: skip
    for one in found:
        table.add_row(*one.to_row())
    print_table(table) if found else print("还没有预警。")


@warnings_app.command("acknowledge", cls=Command)
def acknowledge(
    warning_id: IdArgument, seen: SeenOption, note: NoteOption = None, attachment: AttachmentOption = None,
    role: RoleOption = None, division: DivisionOption = "650000", home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """签收（责任局，或由上级局直接办理）。"""
    _step("acknowledge", "bureau", **locals())


@warnings_app.command("act", cls=Command)
def act(
    warning_id: IdArgument, seen: SeenOption, note: NoteOption = None, attachment: AttachmentOption = None,
    role: RoleOption = None, division: DivisionOption = "650000", home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """处置：采取了什么措施；可以多次续报。"""
    _step("act", "bureau", **locals())


@warnings_app.command("report", cls=Command)
def report(
    warning_id: IdArgument, seen: SeenOption, note: NoteOption = None, attachment: AttachmentOption = None,
    role: RoleOption = None, division: DivisionOption = "650000", home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """反馈：处置的结果，交核查。"""
    _step("report", "bureau", **locals())


@warnings_app.command("verify", cls=Command)
def verify(
    warning_id: IdArgument, seen: SeenOption, note: NoteOption = None, attachment: AttachmentOption = None,
    role: RoleOption = None, division: DivisionOption = "650000", home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """核查属实；不得由处置、反馈的岗位或账号自己核查。"""
    _step("verify", "analyst", **locals())


@warnings_app.command("close", cls=Command)
def close(
    warning_id: IdArgument, seen: SeenOption, note: NoteOption = None,
    false_alarm: Annotated[
        str | None,
        typer.Option("--false-alarm", help="按误报了结，写原因代码：data_error、already_mended、rule_too_strict、"
                                           "not_this_body、other"),
    ] = None,
    attachment: AttachmentOption = None,
    role: RoleOption = None, division: DivisionOption = "650000", home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """销号；或按误报了结（记入该规则的误报）。"""
    given = locals()
    reason_code = given.pop("false_alarm")
    _step("dismiss" if reason_code else "close", "analyst", reason_code=reason_code, **given)


@warnings_app.command("return", cls=Command)
def return_warning(
    warning_id: IdArgument, seen: SeenOption, note: NoteOption = None, attachment: AttachmentOption = None,
    role: RoleOption = None, division: DivisionOption = "650000", home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """退回：反馈不合要求的退给责任局；不同意签发的退给拟发岗位。"""
    _step("return", "analyst", **locals())


@warnings_app.command("extend", cls=Command)
def extend(
    warning_id: IdArgument, seen: SeenOption, note: NoteOption = None,
    until: Annotated[str | None, typer.Option("--until", help="申请延到哪一天，如 2026-10-20")] = None,
    grant: Annotated[bool | None, typer.Option("--grant/--deny", help="答复已有的申请：同意，或不同意")] = None,
    attachment: AttachmentOption = None,
    role: RoleOption = None, division: DivisionOption = "650000", home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """延期：责任局申请（--until），研判岗或签发岗答复（--grant 或 --deny）。"""
    given = locals()
    answer, text = given.pop("grant"), given.pop("until")
    if answer is not None:
        _step("grant" if answer else "deny", "analyst", **given)
        return
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(f"--until“{text}”应写成 2026-10-20 的样子") from error
    _step("extend", "bureau", until=day, **given)


@warnings_app.command("escalate", cls=Command)
def escalate(
    warning_id: Annotated[str | None, typer.Argument(help="预警编号；不写则凡时限已过的各升级一次")] = None,
    seen: Annotated[int | None, typer.Option("--seen", min=0, help="您看到的最后一步是第几步")] = None,
    note: NoteOption = None, attachment: AttachmentOption = None,
    role: RoleOption = None, division: DivisionOption = "650000", home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """升级：时限已过的，通知上一级，时限重新起算。"""
    if warning_id is not None:
        if seen is None:
            raise typer.BadParameter("缺少参数：--seen")
        _step("escalate", "analyst", **locals())
        return
    from pipelines.handling import escalate_overdue

    done = escalate_overdue(open_home(home))
    if as_json:
        print_json({"escalated": [one.warning_id for one in done]})
    else:
        print(f"时限已过 {len(done)} 条，已各升级一次，通知上一级。")


@warnings_app.command("audit", cls=Command)
def audit(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """核对办理台账的校验链：有没有被改动、删除过的行。"""
    from dataclasses import asdict

    from pipelines.handling import chain_head, verify_chain

    place = open_home(home)
    faults, (count, head) = verify_chain(place), chain_head(place)
    if as_json:
        print_json({"rows": count, "head": head, "faults": [asdict(fault) for fault in faults]})
    else:
        for fault in faults:
            print(fault.told)
        state = f"{len(faults)} 处不符" if faults else "校验链完好"
        print(f"共 {count} 行，{state}；末行校验值 {head}（可抄存备查）。")
    raise typer.Exit(RETURNED if faults else 0)


def _step(
    action: str, usual_role: str, warning_id: str, seen: int, note: str | None, attachment: Path | None,
    role: str | None, division: str, home: Path, actor: str | None, as_json: bool, **more: Any,
) -> None:  # fmt: skip
    import sys

    from pipelines.events import DEFAULT_ACTOR
    from pipelines.handling import Actor, HandlingRefused, hash_attachment, take_step
    from pipelines.handling_lists import told_standing

    hashed = None if attachment is None else hash_attachment(attachment)
    who = Actor(actor or DEFAULT_ACTOR, role or usual_role, division)
    try:
        done = take_step(open_home(home), warning_id, action, actor=who, seen=seen, note=note,
                         attachment_sha256=hashed, **more)  # fmt: skip
    except HandlingRefused as refused:
        print(f"未办理（已记入台账）：{refused}", file=sys.stderr)
        raise typer.Exit(RETURNED) from None
    if as_json:
        print_json({"warning_id": warning_id, "state": done.state, "number": done.number, "due_on": done.due_on})
    else:
        print(told_standing(done))
