"""The `oversight` command line: one command per step of the street.

Exit codes: 0 done, 1 some filings returned or refused or something damaged, 2 wrong use or a fault of the machine,
3 internal fault. A user never sees a traceback; an internal fault is written to a log file whose place is told.
"""

import os
import re
import sys
import tempfile
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from commands import (
    accounts,
    backtests,
    contracts,
    documents,
    filings,
    handing_over,
    keeping,
    pages,
    releases,
    survival,
    warnings,
)
from commands.terminal import DONE, INTERNAL_FAULT, RETURNED, WRONG_USE, app
from data_contracts.errors import MendableError

__all__ = ["DONE", "INTERNAL_FAULT", "RETURNED", "WRONG_USE", "app", "main"]

# Importing them is what puts their commands on `app`; the order is that of the help.
GROUPS = (
    contracts, filings, handing_over, keeping, pages, documents, releases, warnings, backtests, accounts, survival,
)  # fmt: skip
UsageError: type[Exception] = typer.BadParameter.__mro__[1]


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
        if isinstance(error, MendableError):
            print(str(error), file=sys.stderr)
            sys.exit(WRONG_USE)
        if told := _machine_fault(error):
            print(told, file=sys.stderr)
            sys.exit(WRONG_USE)
        print(f"程序内部出错（{type(error).__name__}），记录在 {_write_log()}，请交系统管理员。", file=sys.stderr)
        sys.exit(INTERNAL_FAULT)


def _machine_fault(error: Exception) -> str | None:
    """A full disk and the like, wherever it was met; None where the fault is the program's own."""
    from pipelines.machine_faults import MachineFaultError, telling_machine_faults

    try:
        with telling_machine_faults("这一步"):
            raise error
    except MachineFaultError as told:
        return str(told)
    except Exception:
        return None


def _write_log() -> Path:
    path = Path(tempfile.gettempdir()) / f"oversight-{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.log"
    path.write_text(traceback.format_exc(), encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
