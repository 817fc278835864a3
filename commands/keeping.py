"""Commands that keep the ledger: withdraw, correct, open and lock periods, chase what has not come."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from commands.terminal import (
    DEFAULT_HOME,
    ActorOption,
    Command,
    Group,
    HomeOption,
    JsonOption,
    ReasonOption,
    app,
    open_home,
    print_json,
    print_table,
)

period_app = typer.Typer(cls=Group, help="报告期：开放、锁定、解锁，看报送进度。", no_args_is_help=True)
correct_app = typer.Typer(cls=Group, help="更正：登记、查看、撤销对已收报表个别数值的更正。", no_args_is_help=True)
app.add_typer(period_app, name="period")
app.add_typer(correct_app, name="correct")

PeriodArgument = Annotated[str, typer.Argument(help="报告期：2026-09、2026Q3 或 2026")]
ContractOption = Annotated[str | None, typer.Option("--contract", help="只对这张报表；不写则对该报告期的各表")]


@app.command(cls=Command)
def withdraw(
    receipt_no: Annotated[str, typer.Argument(help="回执号，如 HZ-2026-000123")],
    reason: ReasonOption = None,
    home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """撤回一份已接收的报表：从此不计数，此前接收的一份（如有）恢复计数；什么都不删除。"""
    from pipelines.withdrawing import withdraw as withdraw_filing

    done = withdraw_filing(open_home(home), receipt_no, reason=reason, actor=actor)
    if as_json:
        counts = done.counts_now.receipt_no if done.counts_now else None
        print_json({"receipt_no": receipt_no, "withdrawn_at": done.at, "counts_now": counts})
    else:
        print(done.to_text())


def _change(action: str, period: str, contract: str | None, reason: str | None, actor: str | None,
            home: Path, as_json: bool) -> None:  # fmt: skip
    from data_contracts.loading import load_contracts
    from data_contracts.periods import period_title
    from pipelines.period_states import change_period

    place, words = open_home(home), {"open": "已开放收报", "lock": "已锁定", "unlock": "已解锁"}
    done = change_period(place, action, period, contract=contract, reason=reason, actor=actor)  # type: ignore[arg-type]
    if as_json:
        print_json({"action": action, "period": period, "contracts": list(done.contracts), "at": done.at})
    else:
        titles = "、".join(load_contracts()[name].title for name in done.contracts)
        print(f"{period_title(period)}{words[action]}：{titles}。")


@period_app.command("open", cls=Command)
def open_period(
    period: PeriodArgument,
    contract: ContractOption = None,
    reason: ReasonOption = None,
    home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """提前开放收报（不做这一步，报告期按日历自动开放）。"""
    _change("open", period, contract, reason, actor, home, as_json)


@period_app.command("lock", cls=Command)
def lock_period(
    period: PeriodArgument,
    contract: ContractOption = None,
    reason: ReasonOption = None,
    home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """锁定：不再接收、撤回和更正，数据从此不变。"""
    _change("lock", period, contract, reason, actor, home, as_json)


@period_app.command("unlock", cls=Command)
def unlock_period(
    period: PeriodArgument,
    contract: ContractOption = None,
    reason: ReasonOption = None,
    home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """解锁，须写明原因；补报或更正后再锁定。"""
    _change("unlock", period, contract, reason, actor, home, as_json)


@period_app.command("status", cls=Command)
def period_status(
    period: PeriodArgument,
    contract: ContractOption = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """各表应报、已报、迟报、退回、未报各多少，是否锁定；写月份则含当月到期的季报、年报。"""
    from dataclasses import asdict

    from data_contracts.periods import period_title
    from pipelines.period_status import period_status as find_status

    found = find_status(open_home(home), period, contract=contract)
    if as_json:
        print_json({"period": period, "contracts": [asdict(one) for one in found]})
        return
    titles = ("报表", "报告期", "期限", "应报", "已报", "其中迟报", "退回未补", "未报", "状态")
    table = Table(*titles, box=None, header_style="bold")
    for column in table.columns[3:8]:
        column.justify = "right"
        column.no_wrap = True
    for one in found:
        counts = map(str, (one.expected, one.filed, one.late, one.returned, one.missing))
        due = f"{one.due_on}（{one.extended_for}）" if one.extended_for else str(one.due_on)
        lock = f"（{one.locked_on}，{one.locked_by}）" if one.locked_on else ""
        table.add_row(one.title, period_title(one.period), due, *counts, one.state + lock)
    print_table(table)


@correct_app.command("add", cls=Command)
def add_corrections(
    file: Annotated[Path, typer.Argument(help="更正清单（YAML），写法见 docs/manual/收报月度工作.md")],
    home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """登记一份更正清单；写的旧值与报表不符的，一条也不登记。"""
    from dataclasses import asdict

    from pipelines.corrections import enter_corrections

    done = enter_corrections(open_home(home), file, actor=actor)
    if as_json:
        print_json({"corrections": [asdict(one) for one in done]})
        return
    for one in done:
        print(f"{one.name()}：{one.expect} → {one.value}")
    print(f"已登记 {len(done)} 条，下次 oversight build 起生效。")


@correct_app.command("list", cls=Command)
def list_corrections(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """现有的更正，各自是生效、已随重报结束，还是与报表不符。"""
    from pipelines.corrections import STATE_TITLES, standing_corrections

    found = standing_corrections(open_home(home)).to_dict("records")
    if as_json:
        print_json({"corrections": found})
        return
    titles = ("编号", "单位", "报表", "报告期", "主键", "列", "原值", "更正为", "原因", "状态")
    table = Table(*titles, box=None, header_style="bold")
    for row in found:
        cells = ("correction_id", "division_code", "contract", "period", "key", "column_name", "old_value", "new_value",
                 "reason")  # fmt: skip
        table.add_row(*(str(row[name] or "（空）") for name in cells), STATE_TITLES[row["state"]])
    print_table(table) if found else print("没有更正。")


@correct_app.command("revoke", cls=Command)
def revoke_correction(
    correction_id: Annotated[str, typer.Argument(help="更正编号，如 GZ-2026-0001")],
    reason: ReasonOption = None,
    home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """撤销一条更正：下次计算起按报表原值。"""
    from pipelines.corrections import revoke_correction as revoke

    done = revoke(open_home(home), correction_id, reason=reason, actor=actor)
    if as_json:
        print_json({"correction_id": correction_id, "state": "revoked"})
    else:
        print(f"{done.name()}已撤销。")


@app.command(cls=Command)
def remind(
    period: Annotated[str, typer.Option(help="报告期；写月份则含当月到期的季报、年报")],
    out: Annotated[
        Path | None, typer.Option(help="写到哪个文件夹（每个地州和兵团一份 xlsx、一份文本）；不写则只显示")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """催报：各地州和兵团下面谁没有报哪张表、逾期几天、退回的有没有重报。"""
    from dataclasses import asdict

    from pipelines.reminders import write_reminders

    found = write_reminders(open_home(home), period, out=out, actor=actor)
    wanted = sum(len(one.lines) for one in found)
    if as_json:
        print_json({"period": period, "wanted": wanted, "reminders": [asdict(one) for one in found]})
        return
    if out is None:
        for one in found:
            if one.lines:
                print(one.to_text())
    files = f"，已写到 {out}" if out and wanted else ""
    print(f"{sum(bool(one.lines) for one in found)} 家应催，共缺 {wanted} 份{files}。")
