"""Commands that open the pages: serve, and the demonstration."""

import os
import webbrowser
from datetime import datetime
from typing import Annotated

import typer

from commands.filings import print_receipts
from commands.terminal import DEFAULT_HOME, Command, HomeOption, app, open_home, progress


@app.command(cls=Command)
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
    serve_pages(open_home(home).root, host, port, workers)


@app.command(cls=Command)
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
    from pipelines.accounts.demo import create_demo_accounts
    from pipelines.building import build as build_snapshot
    from pipelines.intake import intake as take_in
    from pipelines.intake import read_received_list
    from pipelines.simulation import simulate as simulate_region

    place = open_home(home)
    if snapshots.current_snapshot_id(place) is None:
        region = place.root / "simulated"
        with progress(False) as report:
            simulate_region(region, months=months, seed=seed, divisions=division, progress=report)
            received = read_received_list(region / "收件登记.csv")
            result = take_in(place, [region], received=received, progress=report)
            snapshot_id = build_snapshot(place, progress=report)
        print_receipts(result, most=5)
        snapshots.publish(place, snapshot_id)
        print(f"快照 {snapshot_id} 已发布（模拟数据）。")
    made = create_demo_accounts(place, datetime.now())
    if made:
        posts = "、".join(one.title.removesuffix("（演示）") for one in made)
        print(f"演示账号（模拟数据，仅限本机）：{posts}。打开网页后点一下岗位即可进入，不用口令。")
    if serve_pages:
        serve(home=home, port=port, open_browser=True, host="127.0.0.1", workers=2)
