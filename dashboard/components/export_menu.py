"""导出: the tables of the page as files, its charts as pictures."""

from urllib.parse import quote

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import data
from dashboard.view import View


def export_menu(view: View, titles: list[str], *, has_charts: bool) -> Component | None:
    """A menu that opens; None where the page has nothing to export. `titles`: of its tables, in their order."""
    if not titles and not has_charts:
        return None
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
    return html.Details(
        [html.Summary("导出", className="print-button"), html.Div(items, className="export-items")], className="export"
    )


def has_graph(node: object) -> bool:
    """Whether a layout holds a chart."""
    if isinstance(node, (list, tuple)):
        return any(map(has_graph, node))
    if isinstance(node, dcc.Graph):
        return True
    return isinstance(node, Component) and has_graph(getattr(node, "children", None))


def _link(title: str, href: str) -> Component:
    return html.A(title, href=href, target="_self")
