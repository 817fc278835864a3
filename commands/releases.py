"""Commands of the computed side: build, publish, trace a number, say what there is."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from commands.terminal import (
    DEFAULT_HOME,
    STATUS_TITLES,
    Command,
    HomeOption,
    JsonOption,
    app,
    open_home,
    print_json,
    progress,
)

if TYPE_CHECKING:
    from metrics.comparing import Comparison
    from pipelines.snapshots import SnapshotInfo

MOST_SHOWN = 30


@app.command(cls=Command)
def build(
    period: Annotated[str | None, typer.Option(help="算到哪个月；不写则为有报表的最新月份")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="回溯：只算到这一天（如 2026-07-15）日终时已经知道的")
    ] = None,
    policy_as_of: Annotated[
        str | None,
        typer.Option("--policy-as-of", help="各月都用这一天（如 2026-03-01）的政策参数计算；不写则各月用当月月末的"),
    ] = None,
    anew: Annotated[bool, typer.Option("--anew", help="全部重算；不写则接着上一版算，未受影响的月份沿用")] = False,
    each: Annotated[bool, typer.Option("--each", help="数据目录下面的每个数据目录（如一省一个）各算一版")] = False,
    at_once: Annotated[int, typer.Option(min=1, max=64, help="--each：同时算几个；内存按个数加倍")] = 1,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """由已接收的报表计算指标、指数和预警，得到一版草稿快照。"""
    from pipelines import snapshots
    from pipelines.building import build as build_snapshot

    day, policy_day = _past_day(as_of), _day(policy_as_of)
    if each:
        if day:
            raise typer.BadParameter("--each 和 --as-of 不能同用：回溯请逐个数据目录计算")
        _build_each(home, period, policy_day, anew, at_once, as_json)
        return
    place = open_home(home)
    with progress(as_json) as report:
        snapshot_id = build_snapshot(
            place, period=period, as_of=day, policy_as_of=policy_day, anew=anew, progress=report
        )
    made = snapshots.describe(place, snapshot_id)
    if as_json:
        state = "looking back" if day else "other policy" if policy_day else "draft"
        print_json({"snapshot": snapshot_id, "state": state, "as_of": as_of, "policy_as_of": policy_as_of,
                    "went_on_from": made.went_on_from, "open_from": made.open_from})
        return
    went_on = f"{made.open_from} 起新算，此前沿用 {made.went_on_from}。" if made.went_on_from else ""
    if day or policy_day:
        known = [f"{day} 日终时的情况"] if day else []
        by_policy = [f"各月都用 {policy_day} 的政策参数"] if policy_day else []
        print(f"快照 {snapshot_id} 已生成：{'，'.join(known + by_policy)}，供比对，不能发布。{went_on}")
    else:
        print(f"快照 {snapshot_id} 已生成（草稿）。{went_on}核对后用 oversight publish {snapshot_id} 发布。")


def _build_each(
    folder: Path, period: str | None, policy_day: date | None, anew: bool, at_once: int, as_json: bool
) -> None:
    from pipelines.building_each import build_each

    with progress(as_json) as report:
        built = build_each(
            folder, period=period, policy_as_of=policy_day, anew=anew, at_once=at_once, progress=report
        )
    if as_json:
        print_json({"snapshots": built})
    else:
        print("\n".join(f"{name}：快照 {snapshot_id} 已生成" for name, snapshot_id in built.items()))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"日期“{text}”写法不对，应如 2026-07-15") from error


def _past_day(text: str | None) -> date | None:
    day = _day(text)
    if day is not None and day > datetime.now().date():
        raise typer.BadParameter(f"{day} 还没有到，不能回溯")
    return day


@app.command(cls=Command)
def publish(
    snapshot: Annotated[str | None, typer.Argument(help="快照编号；不写则为最新一版")] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """发布一版快照：页面从此显示它。"""
    from pipelines import snapshots

    chosen = snapshots.publish(open_home(home), snapshot)
    if as_json:
        print_json({"snapshot": chosen, "state": "published"})
    else:
        print(f"快照 {chosen} 已发布。")


@app.command(cls=Command)
def compare(
    before: Annotated[str, typer.Argument(help="前一版快照编号，如 2026-09.r1")],
    after: Annotated[str, typer.Argument(help="后一版快照编号")],
    period: Annotated[str | None, typer.Option(help="比哪个月；不写则为两版都有的最新月份")] = None,
    out: Annotated[Path | None, typer.Option(help="写成这个 xlsx 文件，含逐项指标、报送和政策参数的变化")] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """比较两版快照：每个指数的变化有多少来自数据、政策参数和方法，三者相加等于总变化。"""
    from metrics.comparing import compare_snapshots
    from pipelines import snapshots
    from pipelines.comparison_sheets import write_comparison

    place = open_home(home)
    paths = [snapshots.snapshot_path(place, snapshot_id) for snapshot_id in (before, after)]
    found = compare_snapshots(paths[0], paths[1], period)
    if out is not None:
        write_comparison(out, found)
    if as_json:
        print_json(found.to_dict())
        return
    _show_comparison(found)
    if out is not None:
        print(f"已写到 {out}")


def _show_comparison(comparison: "Comparison") -> None:
    from metrics.comparing.wording import PART_TITLES, changed_scores, reading_title, records_of, summary, tier_words

    print(summary(comparison))
    scores = changed_scores(comparison)
    table = Table(box=None, header_style="bold")
    table.add_column("口径", overflow="fold")
    for title in ("前", "后", "变化", *PART_TITLES.values()):
        table.add_column(title, justify="right")
    table.add_column("级别")
    for score in records_of(scores.head(MOST_SHOWN)):
        levels = [_points(score[f"score_{side}"]) for side in ("before", "after")]
        parts = [_points(score[part], signed=True) for part in ("change", *PART_TITLES)]
        name = reading_title(comparison, score["scope_code"], score["scope"])
        table.add_row(name, *levels, *parts, tier_words(score))
    if len(scores):
        Console().print(table)
    if len(scores) > MOST_SHOWN:
        print(f"…… 其余 {len(scores) - MOST_SHOWN} 个口径用 --out 或 --json 查看")
    cells, filings, parameters = (len(frame) for frame in (comparison.cells, comparison.filings, comparison.parameters))
    print(f"{cells} 个指标值、{filings} 份报送、{parameters} 项参数不同")


def _points(value: float, *, signed: bool = False) -> str:
    if value != value:  # no score: too little data
        return "—"
    return f"{value:+.2f}" if signed and value else f"{value:.2f}"


@app.command(cls=Command)
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

    place = open_home(home)
    chosen = snapshot or snapshots.current_snapshot_id(place)
    if chosen is None:
        raise snapshots.SnapshotError("还没有发布的快照：先运行 oversight build 和 oversight publish")
    connection = open_snapshot(snapshots.snapshot_path(place, chosen))
    found = trace_cell(connection, indicator, division, period, scope)
    if as_json:
        print_json({"snapshot": chosen, **found.to_dict()})
    else:
        print(found.to_text())


def _state_title(info: "SnapshotInfo") -> str:
    if info.is_for_comparison:
        known = [f"截至 {info.as_of}"] if info.as_of else []
        return "，".join(known + ([f"政策参数用 {info.policy_date} 的"] if info.policy_date else []))
    return "已发布" if info.is_current else "草稿"


@app.command(cls=Command)
def status(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """现在收了多少报表，有哪些快照，哪一版已发布。"""
    from pipelines import ledger, snapshots

    place = open_home(home)
    counts = ledger.count_by_status(place)
    shelf = snapshots.list_snapshots(place)
    if as_json:
        print_json({"home": str(place.root), "filings": counts, "snapshots": [info.to_dict() for info in shelf]})
        return
    print("报表：" + ("，".join(f"{STATUS_TITLES[name]} {counts.get(name, 0):,}" for name in STATUS_TITLES)))
    table = Table("快照", "月份", "生成时间", "状态", box=None, header_style="bold")
    for info in shelf:
        simulated = "（模拟数据）" if info.is_simulated else ""
        table.add_row(
            info.snapshot_id,
            info.period,
            f"{info.built_at:%Y-%m-%d %H:%M}",
            _state_title(info) + simulated,
        )
    Console().print(table if shelf else "还没有快照。")
