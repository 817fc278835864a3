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
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """回溯检验：过去各期的指数和预警，与其后 3、6、12 个月的事件和检查对照。"""
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
