"""The `oversight` command line: one command per step of the street.

Exit codes: 0 done, 1 some filings returned or refused, 2 wrong use, 3 internal fault. A user never sees a traceback;
an internal fault is written to a log file whose place is told.
"""

import json
import os
import re
import sys
import tempfile
import traceback
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
DONE, RETURNED, WRONG_USE, INTERNAL_FAULT = 0, 1, 2, 3
STATUS_TITLES = {
    "accepted": "接收",
    "accepted_with_queries": "接收（已说明）",
    "returned": "退回",
    "refused": "拒收",
}

rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
rich_utils.OPTIONS_PANEL_TITLE = "选项"
rich_utils.COMMANDS_PANEL_TITLE = "命令"
rich_utils.ERRORS_PANEL_TITLE = "用法不对"
rich_utils.DEFAULT_STRING = "[默认：{}]"
rich_utils.ENVVAR_STRING = "[环境变量：{}]"
rich_utils.REQUIRED_LONG_STRING = "[必填]"


class _ChineseHelp:
    """Usage line and help option in Chinese; mixed into typer's command and group."""

    def get_usage(self, ctx: Any) -> str:
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        words = {"Usage: ": "用法：", "[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]…"}
        for english, chinese in words.items():
            usage = usage.replace(english, chinese)
        return usage

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "显示帮助"
        return option


class _Command(_ChineseHelp, TyperCommand):
    pass


class _Group(_ChineseHelp, TyperGroup):
    pass


app = typer.Typer(
    name="oversight",
    cls=_Group,
    help="保密监管风险研判平台：收报表、验报表、算指标、出预警。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
HomeOption = Annotated[Path, typer.Option("--home", envvar="OVERSIGHT_HOME", help="数据目录", show_default=True)]
JsonOption = Annotated[bool, typer.Option("--json", help="以 JSON 输出结果")]
DEFAULT_HOME = Path("home")


@contextmanager
def _progress(quiet: bool) -> Iterator[Any]:
    """A callable `(step, done, total)` that draws one bar per step on the error stream."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as bars:
        tasks: dict[str, Any] = {}

        def report(step: str, done: int, total: int) -> None:
            # Within one count the words may change as the work moves on: then the bar stays and is renamed.
            last = bars.tasks[-1] if bars.tasks else None
            if step not in tasks and last is not None and done > 0 and last.total == total and not last.finished:
                tasks[step] = last.id
            elif step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], description=step, completed=done, total=total)

        yield report


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _home(path: Path) -> Any:
    from pipelines.home import Home

    home = Home(path)
    home.create()
    return home


@app.command(cls=_Command)
def template(
    contract: Annotated[str, typer.Option(help="报表代码，如 findings")],
    division: Annotated[str, typer.Option(help="填报单位代码，如 652901")],
    period: Annotated[str, typer.Option(help="报告期：月报 2026-09，季报 2026Q3，年报 2026")],
    out: Annotated[Path, typer.Option(help="写到哪个文件（.xlsx）")],
    as_json: JsonOption = False,
) -> None:
    """生成一份可直接填报的空白报表。"""
    from data_contracts.divisions import load_divisions, reporters
    from data_contracts.loading import load_contracts
    from data_contracts.periods import frequency_of
    from pipelines.templates import write_template

    contracts = load_contracts()
    if contract not in contracts:
        raise typer.BadParameter(f"没有报表“{contract}”，现有：{'、'.join(contracts)}")
    filers = reporters(load_divisions()).set_index("division_code")["name"]
    if division not in filers.index:
        raise typer.BadParameter(f"“{division}”不是填报单位代码，应为 125 个填报单位之一，如 652901")
    try:
        frequency = frequency_of(period)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if frequency != contracts[contract].frequency:
        example = {"month": "2026-09", "quarter": "2026Q3", "year": "2026"}[contracts[contract].frequency]
        raise typer.BadParameter(f"《{contracts[contract].title}》的报告期应写成 {example} 这样，而不是“{period}”")
    if out.suffix.lower() != ".xlsx" or not out.parent.is_dir():
        raise typer.BadParameter(f"“{out}”应是已有文件夹中的 .xlsx 文件")
    write_template(out, contracts[contract], division, str(filers[division]), period)
    if as_json:
        _print_json({"contract": contract, "division": division, "period": period, "file": str(out)})
    else:
        print(f"已生成：{out}")


@app.command(cls=_Command)
def simulate(
    out: Annotated[Path, typer.Option(help="写到哪个文件夹")],
    months: Annotated[int, typer.Option(min=1, max=120, help="月数")] = 24,
    seed: Annotated[int, typer.Option(help="随机种子；相同的种子得到相同的报表")] = 7,
    until: Annotated[str, typer.Option(help="最后一个月")] = "2026-09",
    division: Annotated[list[str] | None, typer.Option(help="只模拟这些填报单位（可重复）")] = None,
    as_json: JsonOption = False,
) -> None:
    """生成一个模拟地区的全部报表（模拟数据）。"""
    from pipelines.simulation import simulate as simulate_region

    with _progress(as_json) as report:
        result = simulate_region(out, months=months, seed=seed, until=until, divisions=division, progress=report)
    if as_json:
        _print_json(result.to_dict())
    else:
        print(f"模拟数据：{result.file_count:,} 份报表，写在 {out}")


@app.command(cls=_Command)
def intake(
    paths: Annotated[list[Path], typer.Argument(help="报表文件或文件夹")],
    received_list: Annotated[Path | None, typer.Option(help="收件登记表（CSV：file,received_at），补录时用")] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """接收报表：验收、出回执、退回有误的。"""
    from pipelines.intake import intake as take_in
    from pipelines.intake import read_received_list

    with _progress(as_json) as report:
        received = read_received_list(received_list) if received_list else None
        result = take_in(_home(home), paths, received=received, progress=report)
    if as_json:
        _print_json(result.to_dict())
    else:
        _print_receipts(result)
    raise typer.Exit(DONE if result.all_accepted else RETURNED)


def _print_receipts(result: Any, most: int = 20) -> None:
    console, counts = Console(), result.counts
    parts = [f"{STATUS_TITLES[status]} {counts.get(status, 0):,}" for status in STATUS_TITLES]
    console.print(f"共 {len(result.receipts):,} 份：" + "，".join(parts))
    faulty = [r for r in result.receipts if r.status in ("returned", "refused")]
    if not faulty:
        return
    table = Table("回执号", "文件", "结果", "原因", "退回件", box=None, header_style="bold")
    for receipt in faulty[:most]:
        table.add_row(
            receipt.receipt_no,
            receipt.file_name,
            STATUS_TITLES[receipt.status],
            receipt.message,
            str(receipt.returned_path or ""),
        )
    console.print(table)
    if len(faulty) > most:
        console.print(f"……另有 {len(faulty) - most:,} 份，用 --json 看全部")


@app.command(cls=_Command)
def build(
    period: Annotated[str | None, typer.Option(help="算到哪个月；不写则为有报表的最新月份")] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """由已接收的报表计算指标、指数和预警，得到一版草稿快照。"""
    from pipelines.building import build as build_snapshot

    with _progress(as_json) as report:
        snapshot_id = build_snapshot(_home(home), period=period, progress=report)
    if as_json:
        _print_json({"snapshot": snapshot_id, "state": "draft"})
    else:
        print(f"快照 {snapshot_id} 已生成（草稿）。核对后用 oversight publish {snapshot_id} 发布。")


@app.command(cls=_Command)
def publish(
    snapshot: Annotated[str | None, typer.Argument(help="快照编号；不写则为最新一版")] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """发布一版快照：页面从此显示它。"""
    from pipelines import snapshots

    chosen = snapshots.publish(_home(home), snapshot)
    if as_json:
        _print_json({"snapshot": chosen, "state": "published"})
    else:
        print(f"快照 {chosen} 已发布。")


@app.command(cls=_Command)
def serve(
    home: HomeOption = DEFAULT_HOME,
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口")] = 8050,
    workers: Annotated[int, typer.Option(min=1, max=32, help="进程数")] = 2,
    open_browser: Annotated[bool, typer.Option("--open", help="就绪后打开浏览器")] = False,
) -> None:
    """打开网页。"""
    from dashboard.serving import serve as serve_pages

    address = f"http://{host}:{port}"
    print(f"网页在 {address} ，按 Ctrl+C 停止。", flush=True)
    if open_browser and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        webbrowser.open(address)
    serve_pages(_home(home).root, host, port, workers)


@app.command(cls=_Command)
def trace(
    indicator: Annotated[str, typer.Argument(help="指标代码，如 rectified_on_time_share")],
    division: Annotated[str, typer.Argument(help="地区代码，如 652901")],
    period: Annotated[str, typer.Argument(help="月份，如 2026-09")],
    scope: Annotated[str, typer.Option(help="own 本级 或 area 全域")] = "area",
    snapshot: Annotated[str | None, typer.Option(help="快照编号；不写则为已发布的一版")] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """把一个数追溯到报表的文件、工作表和行。"""
    from metrics.snapshot import open_snapshot
    from metrics.tracing import trace_cell
    from pipelines import snapshots

    place = _home(home)
    chosen = snapshot or snapshots.current_snapshot_id(place)
    if chosen is None:
        raise snapshots.SnapshotError("还没有发布的快照：先运行 oversight build 和 oversight publish")
    connection = open_snapshot(snapshots.snapshot_path(place, chosen))
    found = trace_cell(connection, indicator, division, period, scope)
    if as_json:
        _print_json({"snapshot": chosen, **found.to_dict()})
    else:
        print(found.to_text())


@app.command(cls=_Command)
def status(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """现在收了多少报表，有哪些快照，哪一版已发布。"""
    from pipelines import ledger, snapshots

    place = _home(home)
    counts = ledger.count_by_status(place)
    shelf = snapshots.list_snapshots(place)
    if as_json:
        _print_json({"home": str(place.root), "filings": counts, "snapshots": [info.to_dict() for info in shelf]})
        return
    print("报表：" + ("，".join(f"{STATUS_TITLES[name]} {counts.get(name, 0):,}" for name in STATUS_TITLES)))
    table = Table("快照", "月份", "生成时间", "状态", box=None, header_style="bold")
    for info in shelf:
        simulated = "（模拟数据）" if info.is_simulated else ""
        table.add_row(
            info.snapshot_id,
            info.period,
            f"{info.built_at:%Y-%m-%d %H:%M}",
            ("已发布" if info.is_current else "草稿") + simulated,
        )
    Console().print(table if shelf else "还没有快照。")


@app.command(cls=_Command)
def demo(
    home: HomeOption = DEFAULT_HOME,
    months: Annotated[int, typer.Option(min=3, max=120, help="模拟月数")] = 24,
    seed: Annotated[int, typer.Option(help="随机种子")] = 7,
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口")] = 8050,
    division: Annotated[list[str] | None, typer.Option(help="只模拟这些填报单位（可重复）")] = None,
    serve_pages: Annotated[bool, typer.Option("--serve/--no-serve", help="完成后打开网页")] = True,
) -> None:
    """演示：模拟一个地区，接收、计算、发布，并打开网页。"""
    from pipelines import snapshots
    from pipelines.building import build as build_snapshot
    from pipelines.intake import intake as take_in
    from pipelines.intake import read_received_list
    from pipelines.simulation import simulate as simulate_region

    place = _home(home)
    if snapshots.current_snapshot_id(place) is None:
        region = place.root / "simulated"
        with _progress(False) as report:
            simulate_region(region, months=months, seed=seed, divisions=division, progress=report)
            received = read_received_list(region / "收件登记.csv")
            result = take_in(place, [region], received=received, progress=report)
            snapshot_id = build_snapshot(place, progress=report)
        _print_receipts(result, most=5)
        snapshots.publish(place, snapshot_id)
        print(f"快照 {snapshot_id} 已发布（模拟数据）。")
    if serve_pages:
        serve(home=home, port=port, open_browser=True, host="127.0.0.1", workers=2)


def _is_users_to_mend(error: Exception) -> bool:
    """Whether an error is the user's to mend; the classes are imported late, since most commands never meet them."""
    from data_contracts.divisions import DivisionsError
    from data_contracts.loading import ContractError
    from metrics.catalogue import CatalogueError
    from metrics.policies import PolicyError
    from metrics.snapshot import SnapshotUnreadable
    from metrics.tracing import TraceError
    from pipelines.building import BuildError
    from pipelines.intake import IntakeError
    from pipelines.simulation import SimulationError
    from pipelines.snapshots import SnapshotError

    definitions = (CatalogueError, ContractError, DivisionsError, PolicyError)
    steps = (BuildError, IntakeError, SimulationError, SnapshotError, SnapshotUnreadable, TraceError)
    return isinstance(error, definitions + steps)


_USAGE_WORDS = {
    "NoSuchOption": "没有这个选项",
    "MissingParameter": "缺少参数",
    "BadOptionUsage": "选项用法不对",
    "BadArgumentUsage": "参数用法不对",
}
_CHINESE = re.compile("[\u4e00-\u9fff]")
_NO_COMMAND = re.compile(r"No such command '(.+?)'")


def _usage_text(error: Any) -> str:
    """Chinese text of a usage error: our own as it is, the library's by its kind and the option it names."""
    message = str(getattr(error, "message", "") or "")
    if _CHINESE.search(message):
        return message
    parameter = getattr(error, "param", None)
    named = getattr(error, "option_name", None) or (parameter.opts[0] if parameter is not None else message)
    if unknown := _NO_COMMAND.search(message):
        return f"没有“{unknown[1]}”这个命令"
    if word := _USAGE_WORDS.get(type(error).__name__):
        return f"{word}：{named}"
    return f"{named} 的值不对（{message}）"


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave the process with one of the four exit codes."""
    try:
        code = app(args=arguments, standalone_mode=False)
        sys.exit(code if isinstance(code, int) else DONE)
    except typer.Exit as leaving:
        sys.exit(leaving.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        print("已中断。", file=sys.stderr)
        sys.exit(WRONG_USE)
    except UsageError as error:
        print(f"用法不对：{_usage_text(error)}\n用 oversight --help 看用法。", file=sys.stderr)
        sys.exit(WRONG_USE)
    except Exception as error:
        if _is_users_to_mend(error):
            print(str(error), file=sys.stderr)
            sys.exit(WRONG_USE)
        print(f"程序内部出错（{type(error).__name__}），记录在 {_write_log()}，请交系统管理员。", file=sys.stderr)
        sys.exit(INTERNAL_FAULT)


def _write_log() -> Path:
    path = Path(tempfile.gettempdir()) / f"oversight-{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.log"
    path.write_text(traceback.format_exc(), encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
