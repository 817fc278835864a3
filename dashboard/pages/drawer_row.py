"""The filed row itself: every column under the title of its template, and the file, sheet and row it stands in."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import Children, facts
from dashboard.formats import format_period, format_time
from dashboard.gather.explanation import FiledRow
from dashboard.gather.filed_row import NOT_FILLED
from dashboard.ids import drawer as ids
from dashboard.stand import Stand
from dashboard.wording import FILING_STATUSES


def row_heading(filed: FiledRow) -> tuple[str, str]:
    """(kind, title) for the drawer's head."""
    return "原始行", f"{filed.contract_title}：第 {filed.row} 行"


def row_content(stand: Stand, filed: FiledRow) -> list[Component | None]:
    """Where it stands, then what it says."""
    return [
        html.Div(facts(_place(stand, filed)), className="row-place"),
        html.H3("所填内容", className="drawer-section"),
        html.Table(
            html.Tbody([_value_row(*entry) for entry in filed.values]), className="table filed-row", id=ids.FILED_ROW
        ),
    ]


def _place(stand: Stand, filed: FiledRow) -> list[tuple[str, Children]]:
    filing = filed.filing
    if filing is None:
        return [("工作表", filed.sheet), ("行", f"第 {filed.row} 行")]
    link = html.A(
        filing["receipt_no"], href=stand.view.href(explain=f"filing:{filing['filing_id']}", row=None), className="link"
    )
    return [
        ("文件", filing["file_name"]),
        ("工作表", filed.sheet),
        ("行", f"第 {filed.row} 行"),
        ("填报单位", filing["division_name"]),
        ("报告期", format_period(filing["period"])),
        ("回执编号", link),
        ("收到时间", format_time(filing["received_at"])),
        ("状态", FILING_STATUSES.get(filing["status"], filing["status"])),
    ]


def _value_row(title: str, value: str, help_words: str) -> Component:
    missing = " is-missing" if value == NOT_FILLED else ""
    return html.Tr([html.Th(title, scope="row", title=help_words), html.Td(value, className=f"filed-value{missing}")])
