"""Commands that hand something to a reporter: receipts on paper, and the desk that watches the inbox."""

import json
import signal
import sys
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from commands.terminal import (
    DEFAULT_HOME,
    STATUS_TITLES,
    ActorOption,
    Command,
    HomeOption,
    JsonOption,
    app,
    open_home,
    print_json,
)


@app.command(cls=Command)
def receipt(
    receipt_nos: Annotated[list[str], typer.Argument(help="回执号，可写几个，如 HZ-2026-000123")],
    out: Annotated[
        Path | None, typer.Option(help="写到哪个 PDF 文件（只一份时），或哪个文件夹；不写则为数据目录的 receipts")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """出具一页回执（PDF，旁附 JSON）：报了什么、结果、问题、比上一份改了什么。"""
    from pipelines.receipt_documents import write_receipt_documents

    is_file = out is not None and out.suffix.lower() == ".pdf"
    if is_file and len(receipt_nos) > 1:
        raise typer.BadParameter(f"有 {len(receipt_nos)} 份回执，--out 应是文件夹，而不是 {out}")
    folder = out.parent if is_file and out else out
    written = write_receipt_documents(open_home(home), receipt_nos, folder)
    if is_file and out:
        written = [path.rename(out.with_suffix(path.suffix)) for path in written]
    if as_json:
        print_json({"files": [str(path) for path in written]})
    else:
        print("已出具：" + "、".join(str(path) for path in written if path.suffix == ".pdf"))


@app.command(cls=Command)
def watch(
    inbox: Annotated[Path | None, typer.Argument(help="收件夹；不写则为数据目录的 inbox")] = None,
    home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """值守收件夹：文件拷完即收，移到 已接收、已退回 或 已拒收，旁附回执；Ctrl+C 停止。"""
    from pipelines.watching import Taken, open_watch
    from pipelines.watching import watch as keep_watching

    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    def on_taken(taken: Taken) -> None:
        receipt = taken.receipt
        if as_json:
            print(json.dumps({**receipt.to_dict(), "moved_to": str(taken.path)}, ensure_ascii=False), flush=True)
        else:
            told = f"{STATUS_TITLES[receipt.status]}　{receipt.file_name}　{receipt.message}"
            print(f"{datetime.now():%H:%M:%S} {receipt.receipt_no}　{told}", flush=True)

    def on_trouble(text: str) -> None:
        print(f"{datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)

    place = open_home(home)
    with open_watch(place, inbox, actor=actor) as watcher:
        print(f"正在值守 {inbox or place.inbox} ，Ctrl+C 停止。", file=sys.stderr, flush=True)
        keep_watching(watcher, stop, on_taken, on_trouble)
    print("值守已停止。", file=sys.stderr)
