"""Commands for whoever looks after the machine: is everything whole, keep a copy, put it back."""

from pathlib import Path
from typing import Annotated, Any

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
def backup(
    target: Annotated[Path, typer.Argument(help="备份到哪个文件夹（另一块盘上）；只写新增的")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> int:
    """备份数据目录：不必停下工作；有文件缺失或损坏而未能备份的为 1。"""
    from dataclasses import asdict

    from pipelines.backups import back_up
    from pipelines.home import Home

    with progress(as_json) as report:
        done = back_up(Home.existing(home), target, progress=report)
    if as_json:
        print_json(asdict(done))
    else:
        print(f"已备份 {done.files:,} 个文件，其中新增 {done.new_files:,} 个、{done.new_bytes / 1e6:,.1f} MB；"
              f"清单 {done.manifest}")  # fmt: skip
        for text in done.missing:
            print(f"未能备份　{text}。先运行 oversight verify 查明。")
    return DAMAGED if done.missing else DONE


@app.command(cls=Command)
def restore(
    source: Annotated[Path, typer.Argument(help="备份所在的文件夹")],
    home: HomeOption = DEFAULT_HOME,
    at: Annotated[str | None, typer.Option("--at", help="用哪一份，如 20261125-031714；不写则用最新的")] = None,
    as_json: JsonOption = False,
) -> int:
    """从备份恢复到一个空目录，重新生成派生数据并核对；完好为 0，有损坏为 1。"""
    from pipelines.home import Home
    from pipelines.restoring import restore as restore_home

    with progress(as_json) as report:
        done = restore_home(source, Home(home), manifest=at, progress=report)
    found = done.verification
    if as_json:
        print_json({"manifest": done.manifest, "files": done.files, **found.to_dict()})
    else:
        print(f"已按 {done.manifest.name} 恢复 {done.files:,} 个文件到 {home}，重读报表 {done.staged_filings:,} 份。")
        _print_findings(found)
    return DONE if found.is_whole else DAMAGED


@app.command(cls=Command)
def verify(
    home: HomeOption = DEFAULT_HOME,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="另把已发布的快照重算一遍，逐表比对（慢）")] = False,
    scratch: Annotated[Path | None, typer.Option(help="重算用的临时目录；不写则用系统的")] = None,
    as_json: JsonOption = False,
) -> int:
    """核对数据目录是否完好：存档、台账、暂存数据、快照、退回件、账号、自存文件；完好为 0，有损坏为 1。"""
    from pipelines.home import Home
    from pipelines.verifying import verify as verify_home

    with progress(as_json) as report:
        found = verify_home(Home.existing(home), rebuild=rebuild, scratch=scratch, progress=report)
    if as_json:
        print_json(found.to_dict())
        return DONE if found.is_whole else DAMAGED
    _print_findings(found)
    return DONE if found.is_whole else DAMAGED


def _print_findings(found: Any) -> None:
    from pipelines.verifying import PART_TITLES

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


@app.command(cls=Command)
def restage(
    home: HomeOption = DEFAULT_HOME,
    everything: Annotated[bool, typer.Option("--all", help="全部重新生成，不只是缺失、损坏和不一致的")] = False,
    as_json: JsonOption = False,
) -> None:
    """按存档和台账修复暂存数据：缺失、损坏、与台账不一致的重新生成。"""
    from pipelines.home import Home
    from pipelines.staging import restage as restage_home

    with progress(as_json) as report:
        count = restage_home(Home.existing(home), report, everything=everything)
    if as_json:
        print_json({"read_again": count})
    else:
        print(f"重读报表 {count:,} 份。" if count else "暂存数据与存档、台账一致。")
