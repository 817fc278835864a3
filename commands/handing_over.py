"""Commands that hand something to a reporter: receipts on paper, and the desk that watches the inbox."""

from pathlib import Path
from typing import Annotated

import typer

from commands.terminal import DEFAULT_HOME, Command, HomeOption, JsonOption, app, open_home, print_json


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
