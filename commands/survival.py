"""Commands for whoever looks after the machine: is everything whole, keep a copy, put it back."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from commands.terminal import (
    DEFAULT_HOME,
    DONE,
    Command,
    HomeOption,
    JsonOption,
    app,
    print_json,
    print_table,
    progress,
)

DAMAGED = 1


@app.command(cls=Command)
def verify(
    home: HomeOption = DEFAULT_HOME,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="另把已发布的快照重算一遍，逐表比对（慢）")] = False,
    scratch: Annotated[Path | None, typer.Option(help="重算用的临时目录；不写则用系统的")] = None,
    as_json: JsonOption = False,
) -> int:
    """核对数据目录是否完好：存档、台账、暂存数据、快照、退回件；完好为 0，有损坏为 1。"""
    from pipelines.home import Home
    from pipelines.verifying import PART_TITLES
    from pipelines.verifying import verify as verify_home

    with progress(as_json) as report:
        found = verify_home(Home.existing(home), rebuild=rebuild, scratch=scratch, progress=report)
    if as_json:
        print_json(found.to_dict())
        return DONE if found.is_whole else DAMAGED
    table = Table("部分", "核对", "损坏", "提示", box=None, header_style="bold")
    damaged = found.damaged()
    for part, count in found.checked.items():
        notes = sum(one.part == part and not one.is_damage for one in found.findings)
        table.add_row(PART_TITLES[part], f"{count:,}", str(damaged.get(part, 0)), str(notes))
    print_table(table)
    for one in sorted(found.findings, key=lambda finding: not finding.is_damage):
        kind = "损坏" if one.is_damage else "提示"
        print(f"{kind}　{PART_TITLES[one.part]}　{one.place}：{one.told}。办法：{one.remedy_text}。")
    print(f"台账封签 {found.seal or '（无）'}，可抄存备查。")
    print("完好。" if found.is_whole else f"有 {sum(damaged.values())} 处损坏，见上。")
    return DONE if found.is_whole else DAMAGED
