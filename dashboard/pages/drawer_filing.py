"""A filing explained: when it was due, what came, what was wrong with it."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import Children, empty_state, facts
from dashboard.components.tables import row, table
from dashboard.formats import format_count, format_full_day, format_period, format_time
from dashboard.frames import Record
from dashboard.gather.explanation import FilingExplanation
from dashboard.stand import Stand
from dashboard.wording import FILING_STATES, FILING_STATUSES, OUTCOMES, STRENGTHS


def filing_heading(explanation: FilingExplanation) -> tuple[str, str]:
    """(kind, title) for the drawer's head."""
    first = explanation.due or explanation.submissions[0]
    who = first["division_name"] or "无法识别的填报单位"
    what = first["contract_title"] or "无法识别的报表"
    period = f" · {format_period(first['period'])}" if first["period"] else ""
    return f"报送{period}", f"{who}：{what}"


def filing_content(stand: Stand, explanation: FilingExplanation) -> list[Component | None]:
    """State and due date, then every submission with its receipt and faults."""
    due = explanation.due
    parts: list[Component | None] = []
    if due is not None:
        parts += [
            html.Div(
                html.Span(
                    [html.Span(className=f"tick tick-{due['state']}"), FILING_STATES.get(due["state"], "")],
                    className="state-tag is-strong",
                ),
                className="drawer-tags",
            ),
            facts(
                [
                    ("截止日期", format_full_day(due["due_on"])),
                    ("开放日期", format_full_day(due["opens_on"])),
                    ("接收时间", format_time(due["received_at"])),
                    ("报送次数", f"{due['attempts']} 次"),
                ]
            ),
        ]
    if not explanation.submissions:
        return [
            *parts,
            empty_state("还没有收到", "没有收到这张报表的任何文件。", "请催报；收到后重新生成并发布快照，这里会更新。"),
        ]
    return [
        *parts,
        *(
            _submission(entry, explanation.faults.get(entry["filing_id"], []))
            for entry in reversed(explanation.submissions)
        ),
    ]


def _submission(entry: Record, faults: list[Record]) -> Component:
    status = FILING_STATUSES.get(entry["status"], entry["status"])
    attempt = f"第 {entry['attempt']} 次报送 · " if entry["attempt"] else ""
    head = html.Div(
        [html.Span(className=f"tick tick-{entry['status']}"), html.B(f"{attempt}{status}")], className="submission-head"
    )
    return html.Section([head, facts(_receipt(entry)), _fault_table(entry, faults)], className="submission")


def _receipt(entry: Record) -> list[tuple[str, Children]]:
    return [
        ("回执编号", entry["receipt_no"]),
        ("文件", entry["file_name"]),
        ("工作表", entry["sheet"]),
        ("收到时间", format_time(entry["received_at"])),
        (
            "行数",
            "空表申报"
            if entry["is_nil"]
            else OUTCOMES["hidden"]
            if entry["row_count"] is None
            else f"{format_count(entry['row_count'])} 行",
        ),
        (
            "核实性问题",
            f"{entry['query_count']} 处，已说明 {entry['explained_count']} 处" if entry["query_count"] else None,
        ),
        ("拒收原因", entry["refusal_message"]),
        ("文件编号", entry["filing_id"]),
    ]


def _fault_table(entry: Record, faults: list[Record]) -> Component | None:
    if not faults:
        words = "检查没有发现问题。" if entry["status"].startswith("accepted") else None
        return html.P(words, className="policy-source") if words else None
    heads = ["强度", "单元格", "问题与改法"]
    return table(heads, [_fault_row(fault) for fault in faults], "fault-table", "检查发现的问题")


def _fault_row(fault: Record) -> Component:
    strength = STRENGTHS.get(fault["strength"], fault["strength"])
    place = fault["cell"] or (f"第 {fault['row']} 行" if fault["row"] else "整表")
    explained = html.Span("已说明", className="status-tag") if fault["is_explained"] else None
    words = html.Div([html.Div([fault["message"], explained]), html.Div(fault["remedy"], className="policy-source")])
    return row(
        [
            (strength, "narrow"),
            ([html.Div(place), html.Div(fault["column_title"] or "", className="policy-source")], "narrow"),
            words,
        ]
    )
