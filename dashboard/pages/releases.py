"""版本: every snapshot on the shelf, what changed between two of them and by what, and the publication of a draft."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.cards import card, empty_state
from dashboard.components.tables import row, table
from dashboard.formats import format_full_day, format_period, format_score, format_time
from dashboard.gather.releases import SHELF_TITLES, Releases
from dashboard.ids import releases as ids
from dashboard.stand import Stand
from pipelines.snapshots import SnapshotInfo

POLL_MILLISECONDS = 1500


def releases_page(shown: Releases) -> Component:
    """Layout of the page."""
    is_running = shown.seconds is not None
    note = "发布后全员即见；快照一经生成不再改动"
    heads: list[Any] = ["版本", "状态", "月份", "生成时间", "看这一版", "与当前版比较", ""]
    rows = [_row(shown, info, standing) for info, standing in shown.shelf]
    return html.Div(
        [
            html.Div(id=ids.TOLD, role="status"),
            card("快照", table(heads, rows, "shelf-table", "快照"), note=note, id=ids.SHELF),
            card(
                "版本之间有什么变化",
                dcc.Interval(id=ids.POLL, interval=POLL_MILLISECONDS, disabled=not is_running),
                html.Button("开始比较", id=ids.START, type="button", className="button", hidden=not _may_start(shown)),
                html.Div(comparison(shown), id=ids.COMPARISON, role="status"),
                note=f"{shown.pair[0]} → {shown.pair[1]}" if shown.pair else "在上表选一个版本",
            ),
        ],
        className="stack is-top",
    )


def _may_start(shown: Releases) -> bool:
    return shown.pair is not None and shown.comparison is None and shown.seconds is None


def _row(shown: Releases, info: SnapshotInfo, standing: str) -> Component:
    stand, snapshot_id = shown.stand, info.snapshot_id
    current = next((one.snapshot_id for one, what in shown.shelf if what == "current"), None)
    look = html.A(
        "打开", href=stand.view.href("/", snapshot=None if standing == "current" else snapshot_id), className="link"
    )
    compare: Component | str = ""
    if shown.may_compare and current and snapshot_id != current:
        pair = f"{current},{snapshot_id}" if standing == "draft" else f"{snapshot_id},{current}"
        compare = html.A("比较", href=stand.view.href(compare=pair, explain=None, row=None), className="link")
    publish = _publish(stand, snapshot_id) if standing == "draft" and stand.reader.may_publish else ""
    extra = [f"截至 {format_full_day(info.as_of)}"] if info.as_of else []
    extra += [f"按 {format_full_day(info.policy_date)}的政策"] if info.policy_date else []
    extra += [f"{format_period(info.open_from)}起新算，此前沿用 {info.went_on_from}"] if info.went_on_from else []
    return row(
        [
            html.Span([html.B(snapshot_id), html.Span("".join(f"　{words}" for words in extra), className="faint")]),
            html.Span(
                SHELF_TITLES[standing], className="status-tag" if standing != "current" else "deadline is-overdue"
            ),
            format_period(info.period),
            format_time(info.built_at),
            look,
            compare,
            publish,
        ]
    )


def _publish(stand: Stand, snapshot_id: str) -> Component:
    return html.Button("发布这一版", id=ids.publish(snapshot_id), type="button", className="button")


def comparison(shown: Releases) -> Component:
    """What is stored of the pair, that it is in work, or how to begin."""
    if shown.pair is None:
        words = "选“比较”后，逐项重算两个版本，把变化分成数据、政策参数、方法三部分。"
        return empty_state("还没有选版本", words if shown.may_compare else "比较涉及全区，只对能看全区的账号开放。")
    if shown.seconds is not None:
        words = f"正在重算两个版本，已 {shown.seconds:.0f} 秒，通常不到一分钟；可以离开本页，结果会存下来。"
        return html.Div([html.Div(className="progress-line"), html.P(words, className="faint")])
    if shown.comparison is None:
        return empty_state("这两个版本还没有比较过", "要把两个版本各重算一遍，通常不到一分钟；结果存下来，下次直接看。")
    if "fault" in shown.comparison:
        return empty_state("比较没有做成", str(shown.comparison["fault"]))
    return _told(shown.comparison)


def _told(found: dict[str, Any]) -> Component:
    filings = "，".join(f"{_CHANGES.get(change, change)} {count} 份" for change, count in found["filings"].items())
    heads: list[Any] = [
        "口径", ("前", "num"), ("后", "num"), ("变化", "num"), ("数据", "num"), ("政策", "num"), ("方法", "num"),
        "级别",
    ]  # fmt: skip
    rows = [
        row(
            [
                one["title"],
                (format_score(one["score_before"]), "num faint"),
                (format_score(one["score_after"]), "num strong"),
                *((_signed(one[name]), "num") for name in ("change", "data", "policy", "method")),
                one["tier"],
            ]
        )
        for one in found["scores"]
    ]
    parts: list[Component] = [
        html.P(found["summary"], className="sentence"),
        html.P(f"报表：{filings or '没有变化'}；指标值变化 {found['cells']} 个。", className="faint"),
    ]
    if rows:
        parts.append(table(heads, rows, "", "指数的变化"))
    if found["parameters"]:
        parts.append(html.H3("政策参数的变化", className="drawer-section"))
        changed = [row(list(one)) for one in found["parameters"]]
        parts.append(table(["政策", "参数", "前", "后"], changed, "", "政策参数的变化"))
    return html.Div(parts, className="stack is-top")


_CHANGES = {"new": "新收", "replaced": "重报", "withdrawn": "撤回", "corrected": "更正"}


def _signed(number: float | None) -> str:
    if number is None:
        return "—"
    return "0" if abs(number) < 0.05 else f"{number:+.1f}".replace("-", "−")
