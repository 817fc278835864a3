"""导出: the tables of the page as files, its charts as pictures, and the documents of its place and month."""

from urllib.parse import quote

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import aria, data
from dashboard.formats import format_period
from dashboard.view import View
from data_contracts.periods import frequency_of, periods_ending

_NAMES = {"month": "本月", "quarter": "本季", "year": "本年"}
_FORMATS = (("docx", "Word"), ("pdf", "PDF"), ("pptx", "PPT"))


def export_menu(view: View, titles: list[str], *, has_charts: bool, place: str, month: str, is_area: bool) -> Component:
    """A menu that opens.

    Args:
        titles: of the page's tables, in their order.
        place, month, is_area: what the documents are about; briefings are written on areas.
    """
    of = quote(view.href(explain=None, row=None), safe="")
    items: list[Component] = []
    if titles:
        items.append(_link("本页全部表格（xlsx）", f"/download/tables.xlsx?of={of}"))
        items += [
            _link(f"{title}（CSV）", f"/download/tables.csv?of={of}&table={number}")
            for number, title in enumerate(titles)
        ]
    if has_charts:
        for kind in ("png", "svg"):
            items.append(html.Button(f"本页的图（{kind.upper()}）", type="button", **data(export_charts=kind)))
    parts = [_part("本页", items)] if items else []
    parts.append(_part(f"{place} · {format_period(month)}", _documents(of, month, is_area)))
    parts.append(html.P(className="export-note", role="status", **data(export_note="")))
    return html.Details(
        [html.Summary("导出", className="print-button"), html.Div(parts, className="export-items")], className="export"
    )


def _part(title: str, items: list[Component]) -> Component:
    return html.Div([html.Div(title, className="export-title"), *items], role="group", **aria(label=title))


def _documents(of: str, month: str, is_area: bool) -> list[Component]:
    """Made when they are asked for, which takes seconds: the browser fetches them and tells how far it is."""
    items: list[Component] = []
    for period in periods_ending(month) if is_area else []:
        links = [
            html.A(title, href=f"/download/briefing.{kind}?of={of}&period={period}", target="_self",
                   **data(document=f"{format_period(period)}简报（{title}）"))
            for kind, title in _FORMATS
        ]  # fmt: skip
        items.append(html.Div([html.Span(f"{_NAMES[frequency_of(period)]}简报"), *links], className="export-row"))
    ledgers = html.A("监管台账（xlsx，五本）", href=f"/download/ledgers.xlsx?of={of}", target="_self",
                     **data(document="监管台账"))  # fmt: skip
    return [*items, ledgers]


def has_graph(node: object) -> bool:
    """Whether a layout holds a chart."""
    if isinstance(node, (list, tuple)):
        return any(map(has_graph, node))
    if isinstance(node, dcc.Graph):
        return True
    return isinstance(node, Component) and has_graph(getattr(node, "children", None))


def _link(title: str, href: str) -> Component:
    return html.A(title, href=href, target="_self")
