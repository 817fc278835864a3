"""What every command shares: the app, Chinese help, options, progress bars, JSON."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

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


class ChineseHelp:
    """Usage line and help option in Chinese; mixed into typer's command and group."""

    def get_usage(self, ctx: Any) -> str:
        """Usage line in Chinese."""
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        words = {"Usage: ": "用法：", "[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]…"}
        for english, chinese in words.items():
            usage = usage.replace(english, chinese)
        return usage

    def get_help_option(self, ctx: Any) -> Any:
        """Help option, described in Chinese."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "显示帮助"
        return option


class Command(ChineseHelp, TyperCommand):
    """A command whose help is Chinese."""


class Group(ChineseHelp, TyperGroup):
    """A group of commands whose help is Chinese."""


app = typer.Typer(
    name="oversight",
    cls=Group,
    help="保密监管风险研判平台：收报表、验报表、算指标、出预警。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
HomeOption = Annotated[Path, typer.Option("--home", envvar="OVERSIGHT_HOME", help="数据目录", show_default=True)]
JsonOption = Annotated[bool, typer.Option("--json", help="以 JSON 输出结果")]
ActorOption = Annotated[
    str | None,
    typer.Option("--actor", envvar="OVERSIGHT_ACTOR", help="经办的岗位或账号，不写姓名；不写则为 自治区局"),
]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="原因，留在台账上")]
DEFAULT_HOME = Path("home")


@contextmanager
def progress(quiet: bool) -> Iterator[Any]:
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


def print_json(value: Any) -> None:
    """Print a value as JSON; dates and paths as text."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_table(table: Table) -> None:
    """Print a table in full: on a narrow screen its lines run on, but no cell loses its end."""
    console = Console()
    whole = Measurement.get(console, console.options.update(max_width=1000), table).maximum
    Console(width=max(console.width, whole)).print(table)


def open_home(path: Path) -> Any:
    """The home folder at `path`, made if it is not there; from now on its own divisions hold, if it has any."""
    from data_contracts.divisions import use_divisions
    from pipelines.home import Home
    from pipelines.machine_faults import telling_machine_faults

    with telling_machine_faults("打开数据目录"):
        home = Home(path).create()
    use_divisions(home.divisions)
    return home
