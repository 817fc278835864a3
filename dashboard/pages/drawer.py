"""The drawer at the right: it explains a number or a warning, down to the filed row, while the page stays."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria
from dashboard.components.cards import empty_state
from dashboard.gather.explanation import (
    CellExplanation,
    Explanation,
    FiledRow,
    FilingExplanation,
    MeasuresExplanation,
    NothingToExplain,
    ScoreExplanation,
    WarningExplanation,
)
from dashboard.gather.handling import Attempt
from dashboard.pages.drawer_cell import cell_content, cell_heading
from dashboard.pages.drawer_filing import filing_content, filing_heading
from dashboard.pages.drawer_measures import measures_content, measures_heading
from dashboard.pages.drawer_row import row_content, row_heading
from dashboard.pages.drawer_score import score_content, score_heading
from dashboard.pages.drawer_warning import warning_content, warning_heading
from dashboard.pages.shell import close_link, print_foot
from dashboard.stand import Stand
from dashboard.view import View


def drawer(
    stand: Stand, explanation: Explanation, filed_row: FiledRow | None, attempt: Attempt | None = None
) -> Component:
    """The drawer for what the URL explains; a filed row takes the place of what it is evidence of."""
    if stand.view.row:
        back = html.A("返回依据", href=stand.view.href(row=None), className="drawer-back")
        if filed_row is None:
            return _drawer(stand, ("原始行", "没有这一行"), [_unknown()], back)
        return _drawer(stand, row_heading(filed_row), row_content(stand, filed_row), back)
    return _drawer(stand, _heading(stand, explanation), _content(stand, explanation, attempt))


def failed_drawer(view: View, words: str) -> Component:
    """A drawer that could not be made."""
    return _aside(view, ("说明", "没有生成"), [empty_state("没有生成", words)])


def _drawer(
    stand: Stand, heading: tuple[str, str], content: list[Component | None], back: Component | None = None
) -> Component:
    return _aside(stand.view, heading, content, back, print_foot(stand, heading[0].split(" · ")[0]))


def _aside(
    view: View,
    heading: tuple[str, str],
    content: list[Component | None],
    back: Component | None = None,
    foot: Component | None = None,
) -> Component:
    kind, title = heading
    head = html.Div(
        [
            html.Div([back, html.Span(kind, className="drawer-kind")], className="drawer-over"),
            html.H2(title),
            close_link(view),
        ],
        className="drawer-head",
    )
    return html.Aside(
        [head, html.Div(content, className="drawer-body"), foot],
        className="drawer",
        role="dialog",
        **aria(label=f"{kind}：{title}"),
    )


def _heading(stand: Stand, explanation: Explanation) -> tuple[str, str]:
    if isinstance(explanation, WarningExplanation):
        return warning_heading(explanation)
    if isinstance(explanation, CellExplanation):
        return cell_heading(stand, explanation)
    if isinstance(explanation, ScoreExplanation):
        return score_heading(stand, explanation)
    if isinstance(explanation, FilingExplanation):
        return filing_heading(explanation)
    if isinstance(explanation, MeasuresExplanation):
        return measures_heading(explanation)
    return "说明", "没有可说明的内容"


def _content(stand: Stand, explanation: Explanation, attempt: Attempt | None) -> list[Component | None]:
    if isinstance(explanation, WarningExplanation):
        return warning_content(stand, explanation, attempt)
    if isinstance(explanation, CellExplanation):
        return cell_content(stand, explanation)
    if isinstance(explanation, ScoreExplanation):
        return score_content(stand, explanation)
    if isinstance(explanation, FilingExplanation):
        return filing_content(stand, explanation)
    if isinstance(explanation, MeasuresExplanation):
        return measures_content(stand, explanation)
    assert isinstance(explanation, NothingToExplain)
    return [_unknown()]


def _unknown() -> Component:
    return empty_state("链接所指的内容不存在", "它可能不在这个发布版里，或者不在您的查看范围内。请从页面上重新点开。")
