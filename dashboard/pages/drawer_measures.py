"""An organisation's findings in the ledger of measures: the days of each step, and the row that says so."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import Children, facts
from dashboard.components.tables import row, table
from dashboard.formats import format_full_day
from dashboard.frames import Record
from dashboard.gather.explanation import MeasuresExplanation
from dashboard.gather.filed_row import row_target
from dashboard.stand import Stand
from metrics.measures import MEASURE_TITLES

_DAYS = (
    ("责令整改", "ordered_on"), ("期限", "due_on"), ("逾期自", "overdue_since"), ("提请通报", "criticism_proposed_on"),
    ("通报批评", "criticised_on"), ("提出处分建议", "sanction_proposed_on"), ("移送", "referred_on"),
    ("改正", "rectified_on"), ("核查", "verified_on"),
)  # fmt: skip


def measures_heading(explanation: MeasuresExplanation) -> tuple[str, str]:
    """(kind, title) for the drawer's head."""
    return "措施台账（第41条）", str(explanation.organisation["organisation_name"])


def measures_content(stand: Stand, explanation: MeasuresExplanation) -> list[Component | None]:
    """Whose organisation it is, what is not mended yet, what is."""
    open_ones = [step for step in explanation.steps if step["is_open"]]
    mended = [step for step in explanation.steps if not step["is_open"]]
    where = html.A(
        stand.name(explanation.organisation["division_code"]),
        href=stand.view.href("/division", division=explanation.organisation["division_code"]),
        className="link",
    )
    return [
        facts([("填报单位", where), ("单位编号", explanation.organisation["organisation_code"])]),
        html.H3(f"未改完的问题（{len(open_ones)} 项）", className="drawer-section"),
        *([_finding(stand, step) for step in open_ones] or [html.P("没有未改完的问题。", className="faint")]),
        html.H3(f"已改正的问题（{len(mended)} 项）", className="drawer-section"),
        _mended_table(stand, mended) if mended else html.P("没有已改正的问题。", className="faint"),
    ]


def _finding(stand: Stand, step: Record) -> Component:
    days: list[tuple[str, Children]] = [(title, format_full_day(step[name])) for title, name in _DAYS]
    late = f"，已逾期 {step['days_overdue']} 天" if step["days_overdue"] else ""
    return html.Section(
        [
            html.Div(
                [html.B(f"{step['finding_code']}　{MEASURE_TITLES[step['measure']]}{late}"), _leak(step)],
                className="submission-head",
            ),
            facts(days),
            html.A("看原始行", href=stand.view.href(row=_target(step)), className="more"),
        ],
        className="submission",
    )


def _leak(step: Record) -> Component | None:
    return html.Span("已确认泄密", className="status-tag") if step["is_leak_confirmed"] else None


def _mended_table(stand: Stand, steps: list[Record]) -> Component:
    rows = [
        row(
            [
                html.A(step["finding_code"], href=stand.view.href(row=_target(step)), className="link"),
                format_full_day(step["ordered_on"]),
                format_full_day(step["rectified_on"]),
                format_full_day(step["verified_on"]),
            ],
            href=stand.view.href(row=_target(step)),
        )
        for step in steps
    ]
    return table(["问题编号", "责令整改", "改正", "核查"], rows, "fault-table", "已改正的问题")


def _target(step: Record) -> str:
    return row_target(step["contract"], step["filing_id"], step["sheet"], step["row"])
