"""Handing in on the page of filings: a place to drop workbooks, and what the check said of each within seconds."""

from collections.abc import Mapping, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import aria
from dashboard.components.cards import card, facts
from dashboard.components.tables import row, table
from dashboard.formats import format_count, format_period, format_time
from dashboard.ids import filings as ids
from dashboard.stand import Stand
from dashboard.uploading import MOST_BYTES, Outcome
from dashboard.wording import FILING_STATUSES, STRENGTHS
from pipelines.faults import Fault
from pipelines.ledger import FilingRecord

POLL_MILLISECONDS = 700
_MOST_FAULTS = 50


def upload_card(stand: Stand) -> Component | None:
    """Where filings are handed in; None for an account that may not."""
    if not stand.reader.may_file:
        return None
    drop = dcc.Upload(
        html.Button("选择或拖入报表文件", type="button", className="button"),
        id=ids.UPLOAD,
        multiple=True,
        max_size=MOST_BYTES,
        className="upload",
        className_active="upload is-active",
    )
    return card(
        "上传报表",
        html.Div([drop, html.P(_hint(stand), className="faint")], className="upload-row"),
        dcc.Store(id=ids.UPLOADS),
        dcc.Interval(id=ids.UPLOAD_POLL, interval=POLL_MILLISECONDS, disabled=True),
        html.Div(id=ids.UPLOAD_RESULT, role="status", **aria(live="polite")),
        note="几秒内给出检查结果；退回的附标好问题的工作簿",
    )


def _hint(stand: Stand) -> str:
    if stand.home.is_watched():
        return "收件程序在值守。可一次选多个文件；文件名、报告期和填报单位以表内为准。"
    return "收件程序没有在值守：文件会放进收件夹，等 oversight watch 启动后才检查。请告诉系统管理员。"


def upload_results(outcomes: Sequence[Outcome], *, is_watched: bool, titles: Mapping[str, str]) -> Component:
    """A card for each file: waiting, not taken, or its receipt with the faults.

    Args:
        titles: of contracts and divisions, by their codes.
    """
    return html.Div([_result(outcome, is_watched, titles) for outcome in outcomes], className="uploads")


def _result(outcome: Outcome, is_watched: bool, titles: Mapping[str, str]) -> Component:
    upload = outcome.upload
    if upload.problem:
        return _section(upload.file_name, "没有收", [html.P(upload.problem)], "refused")
    if outcome.is_waiting:
        words = "正在检查…" if is_watched else "已放进收件夹。收件程序没有在值守，启动后才会检查。"
        return _section(upload.file_name, "等待", [html.P(words, className="faint")], "late")
    if not outcome.records:
        return _section(
            upload.file_name, "没有登记", [html.P("收件程序拿走了文件，台账里还没有记录；请稍候。")], "late"
        )
    parts: list[Component | None] = []
    for record, faults in outcome.records:
        parts += [_receipt(record, titles), _returned_link(record), _faults(faults)]
    newest = outcome.records[-1][0]
    return _section(upload.file_name, FILING_STATUSES[newest.status], parts, newest.status)


def _section(name: str, status: str, parts: Sequence[Component | None], tick: str) -> Component:
    mark = html.Span(className=f"tick tick-{tick}")
    head = html.Div([mark, html.B(status), html.Span(name, className="faint")], className="submission-head")
    return html.Section([head, *parts], className="submission")


def _receipt(record: FilingRecord, titles: Mapping[str, str]) -> Component:
    period = None if record.period is None else format_period(record.period)
    return facts(
        [
            ("回执编号", record.receipt_no),
            ("报表", titles.get(record.contract or "", record.contract)),
            ("填报单位", titles.get(record.division_code or "", record.division_code)),
            ("报告期", period),
            ("收到", format_time(record.received_at)),
            ("行数", "空表申报" if record.is_nil else f"{format_count(record.row_count)} 行"),
            ("拒收原因", record.refusal_message),
        ]
    )


def _returned_link(record: FilingRecord) -> Component | None:
    if record.status != "returned":
        return None
    href = f"/download/returned/{record.receipt_no}"
    return html.A("下载标好问题的工作簿", href=href, className="button", target="_self")


def _faults(faults: Sequence[Fault]) -> Component | None:
    if not faults:
        return None
    rows = [
        row(
            [
                (STRENGTHS.get(fault.strength, fault.strength), "narrow"),
                (fault.cell or (f"第 {fault.row} 行" if fault.row else "整表"), "narrow"),
                html.Div([html.Div(fault.message), html.Div(fault.remedy, className="policy-source")]),
            ]
        )
        for fault in faults[:_MOST_FAULTS]
    ]
    more = len(faults) - _MOST_FAULTS
    rest = html.P(f"另有 {more} 处，见退回的工作簿。", className="faint") if more > 0 else None
    return html.Div([table(["强度", "单元格", "问题与改法"], rows, "fault-table", "检查发现的问题"), rest])
