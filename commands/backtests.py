"""The command that asks whether index and warnings told in advance what came."""

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from commands.terminal import DEFAULT_HOME, Command, HomeOption, JsonOption, app, open_home, print_json, progress

WAYS = ("as_of", "snapshot")


@app.command(cls=Command)
def backtest(
    way: Annotated[
        str, typer.Option(help="as_of 逐期按当时所知重算（慢），snapshot 用已发布快照中的过去各月（快，略偏乐观）")
    ] = "as_of",
    every: Annotated[int, typer.Option(min=1, help="每隔几个月检验一期")] = 3,
    truth: Annotated[Path | None, typer.Option(help="模拟区域的 truth.json：另与植入的隐患对照")] = None,
    out: Annotated[Path | None, typer.Option(help="把结果写成 Markdown 页面，如 docs/backtest.md")] = None,
    warnings: Annotated[
        bool, typer.Option("--warnings", help="改为检验预警规则：在新模拟的地区上逐条量发现、误报、提前天数")
    ] = False,
    seed: Annotated[list[int], typer.Option(help="--warnings：模拟地区的随机种子，可写多次")] = [21, 22, 23],  # noqa: B006
    months: Annotated[int, typer.Option(min=12, help="--warnings：每个模拟地区的月数")] = 24,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """回溯检验：过去各期的指数和预警，与其后 3、6、12 个月的事件和检查对照。--warnings 检验预警规则。"""
    if warnings:
        _backtest_warnings(home, seed, months, out, as_json)
        return
    from pipelines.backtest_report import write_report
    from pipelines.backtest_runs import Way, run_backtest

    if way not in WAYS:
        raise typer.BadParameter(f"--way 应为 {' 或 '.join(WAYS)}，实为 {way}")
    with progress(as_json) as report:
        found = run_backtest(open_home(home), way=cast(Way, way), every=every, truth=truth, progress=report)
    page = write_report(found)
    if out is not None:
        out.write_text(page, encoding="utf-8")
    if as_json:
        rows: list[Any] = found.measures.astype(object).where(found.measures.notna(), None).to_dict("records")
        print_json({**found.about, "database": found.path.name, "backtest": rows})
    else:
        print(page)
        print(f"结果表在 {found.path}" + (f"，页面已写入 {out}" if out else ""))


def _backtest_warnings(home: Path, seeds: list[int], months: int, out: Path | None, as_json: bool) -> None:
    from pipelines.warning_backtest_report import write_warning_report
    from pipelines.warning_backtest_runs import run_warning_backtest

    with progress(as_json) as report:
        found = run_warning_backtest(open_home(home), seeds=seeds, months=months, progress=report)
    page = write_warning_report(found)
    if out is not None:
        out.write_text(page, encoding="utf-8")
    if as_json:
        rows: list[Any] = found.rules.astype(object).where(found.rules.notna(), None).to_dict("records")
        print_json({**found.about, "database": found.path.name if found.path else None, "rules": rows})
    else:
        print(page)
        print(f"结果表在 {found.path}" if found.path else "没有已发布的快照，结果表未保存")
