"""One number explained: value, interval, counts, definition, policy, what is missing, and the rows that make it up."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import Children, facts
from dashboard.components.evidence_grid import SHOWN_ROWS, contributing_grid
from dashboard.components.graph import graph
from dashboard.components.group_table import group_table
from dashboard.components.marks import interval_bar
from dashboard.components.trust import trust_facts
from dashboard.figures.trend import trend_figure
from dashboard.formats import (
    format_articles,
    format_count,
    format_full_day,
    format_interval,
    format_period,
    format_value,
    value_parts,
)
from dashboard.gather.explanation import CellExplanation
from dashboard.stand import Stand
from dashboard.wording import DIRECTIONS, FILING_STATES, OUTCOME_REASONS, OUTCOMES, reading_title
from metrics.facts import load_facts
from metrics.tracing import MissingFiling, SentReminder, Trace

SHOWN_MISSING = 12
SHOWN_REMINDERS = 4


def cell_heading(stand: Stand, explanation: CellExplanation) -> tuple[str, str]:
    """(kind, title) for the drawer's head."""
    trace = explanation.trace
    place = reading_title(stand.name(trace.scope_code), trace.scope)
    return f"指标 · {place} · {format_period(trace.period)}", str(trace.definition["title"])


def cell_content(stand: Stand, explanation: CellExplanation) -> list[Component | None]:
    """Value first, then how it is made, then the rows."""
    trace = explanation.trace
    return [
        _value(explanation),
        graph(
            trend_figure(
                explanation.history, explanation.target, str(trace.definition["kind"]), str(trace.definition["unit"])
            ),
            150,
        ),
        facts(_definition(explanation)),
        *_policies(trace),
        _missing(trace),
        group_table(trace.definition, explanation.groups),
        html.H3(_rows_title(trace), className="drawer-section"),
        contributing_grid(stand, trace),
    ]


def _value(explanation: CellExplanation) -> Component:
    trace = explanation.trace
    kind, unit = str(trace.definition["kind"]), str(trace.definition["unit"])
    if trace.outcome != "value":
        return html.Div(
            [
                html.Span(OUTCOMES[trace.outcome], className="drawer-outcome"),
                html.P(OUTCOME_REASONS[trace.outcome]),
                None if trace.outcome == "hidden" else html.P(_counts(trace)),
                _trust(trace),
            ],
            className="drawer-value",
        )
    figure, suffix = value_parts(trace.value, kind, unit)
    high = 1.0 if kind == "share" else max(trace.upper or 0, (explanation.target or 0) * 1.5, 1.0)
    return html.Div(
        [
            html.Div(
                [
                    html.Span([figure, html.Span(suffix, className="unit")], className="key-value"),
                    html.Div(
                        [
                            html.Div(f"95% 区间 {format_interval(trace.lower, trace.upper, kind)}"),
                            html.Div(_counts(trace)),
                        ],
                        className="drawer-counts",
                    ),
                ],
                className="drawer-figure",
            ),
            interval_bar(trace.value, trace.lower, trace.upper, high=high, target=explanation.target),
            _trust(trace),
        ],
        className="drawer-value",
    )


def _trust(trace: Trace) -> Component | None:
    reporters = (trace.reporters_filed, trace.reporters_expected)
    return None if trace.trust is None else trust_facts(trace.trust, reporters=reporters)


def _counts(trace: Trace) -> str:
    if trace.denominator is None:
        return "分子、分母均未知"
    if trace.definition["kind"] == "duration":
        return f"计入 {format_count(trace.denominator)} 行，合计 {format_count(trace.numerator)} 天"
    return f"分子 {format_count(trace.numerator)} / 分母 {format_count(trace.denominator)}"


def _definition(explanation: CellExplanation) -> list[tuple[str, Children]]:
    trace, definition = explanation.trace, explanation.trace.definition
    fact = load_facts().facts.get(str(definition["fact"]))
    columns = fact.columns if fact else {}
    kind, unit = str(definition["kind"]), str(definition["unit"])
    window = definition["window_months"]
    target = (
        None
        if explanation.target is None
        else f"{format_value(explanation.target, kind, unit)}（{DIRECTIONS[str(definition['direction'])]}）"
    )
    return [
        ("怎样算", definition["how"]),
        ("历时" if kind == "duration" else "分子", columns.get(definition["numerator"])),
        ("计入" if kind == "duration" else "分母", columns.get(definition["denominator"])),
        ("为什么看", definition["why"]),
        ("依据条款", format_articles(definition["articles"])),
        (
            "时间范围",
            f"截至 {format_period(trace.period)}的 {window:.0f} 个月"
            if window
            else f"{format_period(trace.period)}月末时点",
        ),
        ("目标", target),
        ("计入单位", f"应报 {trace.reporters_expected} 家，计入 {trace.reporters_filed} 家"),
        ("最小基数", format_count(definition["smallest_denominator"])),
        ("负责处室", definition["owner"]),
    ]


def _policies(trace: Trace) -> list[Component]:
    titles = {"targets": "目标", "cut_offs": "预警界限", "weights": "指数权重", "goalposts": "风险分标尺"}
    lines = [
        html.Li(
            [
                html.B(titles.get(policy.policy, policy.policy)),
                f" {format_full_day(policy.valid_from)}起 · ",
                html.Span(policy.source, className="policy-source"),
            ]
        )
        for policy in trace.policies
    ]
    return [html.Div([html.H3("适用政策"), html.Ul(lines)], className="policy")] if lines else []


def _missing(trace: Trace) -> Component | None:
    if not trace.missing:
        return None
    lines = [html.Li(_missing_words(filing)) for filing in trace.missing[:SHOWN_MISSING]]
    rest = len(trace.missing) - SHOWN_MISSING
    if rest > 0:
        lines.append(html.Li(f"另有 {rest} 份"))
    return html.Div(
        [html.H3(f"缺报 {len(trace.missing)} 份，未计入"), html.Ul(lines), *_reminders(trace)],
        className="policy missing-filings",
    )


def _reminders(trace: Trace) -> list[Component]:
    """When those who lack were asked for it, newest first; that nobody was asked is told too."""
    if not trace.reminders:
        return [html.P("没有催报记录", className="policy-source")]
    lines = [html.Li(_reminder_words(reminder)) for reminder in reversed(trace.reminders[-SHOWN_REMINDERS:])]
    rest = len(trace.reminders) - SHOWN_REMINDERS
    if rest > 0:
        lines.append(html.Li(f"更早还有 {rest} 次"))
    return [html.H3(f"催报 {len(trace.reminders)} 次"), html.Ul(lines)]


def _reminder_words(reminder: SentReminder) -> str:
    who = reminder.recipient_name or reminder.recipient_code
    day, period = format_full_day(reminder.at), format_period(reminder.period)
    return f"{day} {reminder.actor}向{who}催报 {period}的报表，含其中 {reminder.filings} 份"


def _missing_words(filing: MissingFiling) -> str:
    who, what = filing.division_name or filing.division_code, filing.contract_title or filing.contract
    state = FILING_STATES.get(filing.state, filing.state)
    asked = f"，已催报 {len(filing.reminded_at)} 次" if filing.reminded_at else ""
    return f"{who} {what} {format_period(filing.period)}：{state}，应于 {format_full_day(filing.due_on)} 前报送{asked}"


def _rows_title(trace: Trace) -> str:
    total = len(trace.rows)
    listed = "" if total <= SHOWN_ROWS else f"，列出未达要求的在前的 {SHOWN_ROWS} 行"
    return f"计入的原始行（{format_count(total)} 行{listed}{_hidden_rows(trace)}）"


def _hidden_rows(trace: Trace) -> str:
    return f"；其他单位的 {format_count(trace.rows_hidden)} 行不逐行列出" if trace.rows_hidden else ""
