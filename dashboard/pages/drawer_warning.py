"""A warning explained: what, against which limit, why, what to do until when, and the filed rows it rests on."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import Children, facts
from dashboard.components.evidence_grid import warning_evidence_grid
from dashboard.components.marks import deadline_mark, tier_mark, tier_tag
from dashboard.formats import format_articles, format_count, format_full_day, format_period, format_value
from dashboard.frames import Record
from dashboard.gather.explanation import WarningExplanation
from dashboard.gather.handling import Attempt
from dashboard.pages.drawer_handling import handling_section
from dashboard.stand import Stand
from dashboard.wording import WARNING_KINDS, WARNING_STATUSES, tier_of
from pipelines.handling import state_title


def warning_heading(explanation: WarningExplanation) -> tuple[str, str]:
    """(kind, title) for the drawer's head."""
    warning = explanation.warning
    return f"{WARNING_KINDS.get(warning['kind'], '')}预警", f"{warning['division_name']}：{warning['title']}"


def warning_content(
    stand: Stand, explanation: WarningExplanation, attempt: Attempt | None = None
) -> list[Component | None]:
    """Tags, message, handling, facts, policy, evidence, months."""
    warning, work = explanation.warning, explanation.work
    return [
        html.Div(
            [
                tier_tag(warning["tier"]),
                _status(warning),
                html.Span(state_title(work.handling.state), className="status-tag"),
                deadline_mark(
                    None if work.handling.is_final else work.handling.due_on,
                    work.today,
                    is_cleared=bool(warning["is_cleared"]) and not work.handling.number,
                ),
            ],
            className="drawer-tags",
        ),
        _no_longer_stands(stand, warning),
        html.P(warning["message"], className="drawer-message"),
        html.Div([html.H3("建议措施"), html.P(warning["measure"]), _actor(warning)], className="measure"),
        *handling_section(stand, work, attempt),
        html.H3("事实", className="drawer-section"),
        facts(_facts(stand, explanation)),
        _policy(explanation),
        html.H3(f"依据的原始行（{len(explanation.evidence)} 行）", className="drawer-section"),
        warning_evidence_grid(stand, explanation.evidence),
        html.H3("出现的月份", className="drawer-section"),
        _months(explanation.history),
    ]


def _status(warning: Record) -> Component:
    words = WARNING_STATUSES.get(warning["status"], "")
    if warning["status"] in ("raised", "lowered") and warning["previous_tier"]:
        words = f"由{tier_of(warning['previous_tier']).title}{words}"
    return html.Span(words, className="status-tag")


def _no_longer_stands(stand: Stand, warning: Record) -> Component | None:
    if warning["period"] == stand.period:
        return None
    words = f"这条预警最后一次在列是 {format_period(warning['period'])}，{format_period(stand.period)}已不在列。"
    return html.P(words, className="page-notice")


def _actor(warning: Record) -> Component:
    until = "" if warning["is_cleared"] else f"，{format_full_day(warning['respond_by'])}前回应"
    return html.P(f"由{warning['actor']}办理{until}", className="measure-actor")


def _facts(stand: Stand, explanation: WarningExplanation) -> list[tuple[str, Children]]:
    warning = explanation.warning
    place = html.A(
        warning["division_name"], href=stand.view.href("/division", division=warning["division_code"]), className="link"
    )
    return [
        ("地区", place),
        ("对象", warning["subject_title"]),
        ("数值", _amount(explanation, warning["value"])),
        ("界限", _amount(explanation, warning["cut_off"])),
        ("首次出现", f"{format_period(warning['first_period'])}（{format_full_day(warning['first_seen_on'])}发现）"),
        ("依据条款", format_articles(warning["article"])),
        ("指标", _indicator_link(stand, explanation)),
        ("预警编号", warning["warning_id"]),
    ]


def _amount(explanation: WarningExplanation, amount: float | None) -> str | None:
    if amount is None:
        return None
    indicator = explanation.indicator
    if indicator is not None:
        return format_value(amount, indicator["kind"], indicator["unit"])
    unit = {"silence": "期", "event": "天", "deadline": "天"}.get(explanation.warning["kind"], "")
    return f"{format_count(amount)} {unit}"


def _indicator_link(stand: Stand, explanation: WarningExplanation) -> Children:
    indicator, warning = explanation.indicator, explanation.warning
    if indicator is None:
        return None
    target = f"cell:{indicator['indicator']}:{warning['division_code']}:own:{warning['period']}"
    return html.A(indicator["title"], href=stand.view.href(explain=target, row=None), className="link")


def _policy(explanation: WarningExplanation) -> Component | None:
    policy = explanation.policy
    if policy is None:
        return None
    return html.Div(
        [
            html.H3(f"现行规则（{format_full_day(policy.valid_from)}起）"),
            html.P(policy.reason),
            html.P(f"来源：{policy.source}", className="policy-source"),
        ],
        className="policy",
    )


def _months(history: list[Record]) -> Component:
    entries = [
        html.Span([tier_mark(entry["tier"]), format_period(entry["period"])], className="legend-entry")
        for entry in reversed(history)
    ]
    return html.Div(entries, className="month-marks")
