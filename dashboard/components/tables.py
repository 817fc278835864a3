"""Plain tables for what fits on a page, AG Grid for long lists."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import data
from dashboard.components.cards import Children
from dashboard.components.grid_locale import GRID_LOCALE

ROW_HEIGHT = 34


def table(
    heads: Sequence[Children | tuple[Children, str]], rows: Sequence[Component], class_name: str = "", caption: str = ""
) -> Component:
    """A table; a head may be (title, class), and the class gives the column's alignment and width."""
    cells = [
        html.Th(head[0], className=head[1], scope="col") if isinstance(head, tuple) else html.Th(head, scope="col")
        for head in heads
    ]
    title = [html.Caption(caption, className="visually-hidden")] if caption else []
    return html.Table(
        [*title, html.Thead(html.Tr(cells)), html.Tbody(list(rows))], className=f"table {class_name}".strip()
    )


def row(
    cells: Sequence[Children | tuple[Children, str]], href: str | None = None, class_name: str = "", **attributes: Any
) -> Component:
    """A table row; with `href` a click anywhere follows it (give the first cell a real link for the keyboard)."""
    made = [html.Td(cell[0], className=cell[1]) if isinstance(cell, tuple) else html.Td(cell) for cell in cells]
    extra = data(href=href) if href else {}
    return html.Tr(made, className=class_name or None, **extra, **attributes)


def grid(
    grid_id: str | dict[str, str],
    columns: Sequence[Mapping[str, Any]],
    records: Sequence[Mapping[str, Any]],
    *,
    height: int | str | None = None,
    class_name: str = "",
    no_rows: str = "没有符合条件的记录",
) -> Component:
    """AG Grid with Chinese words; a row with `href` is followed by a click on it.

    Args:
        grid_id: Dash id.
        columns: AG Grid column definitions.
        records: rows, JSON-ready.
        height: pixels or a CSS length; None lets the grid grow with its rows.
    """
    options: dict[str, Any] = {
        "rowHeight": ROW_HEIGHT,
        "headerHeight": ROW_HEIGHT,
        "localeText": {**GRID_LOCALE, "noRowsToShow": no_rows},
        "animateRows": False,
        "suppressCellFocus": False,
        "enableCellTextSelection": True,
        "suppressDragLeaveHidesColumns": True,
        "tooltipShowDelay": 300,
        # A line that sums up others is bold, and those opened under it stand in a little (assets/55-lists.css).
        "rowClassRules": {"is-summary": "data.is_summary", "is-below": "data.depth"},
        "theme": {"function": "oversightTheme(themeQuartz)"},
    }
    if height is None:
        options["domLayout"] = "autoHeight"
    made: Component = dag.AgGrid(
        id=grid_id,
        columnDefs=list(columns),
        rowData=list(records),
        defaultColDef={"sortable": True, "resizable": True, "suppressHeaderMenuButton": True, "suppressMovable": True},
        dashGridOptions=options,
        eventListeners={"rowClicked": ["followRow(params)"], "cellKeyDown": ["followRowByKey(params)"]},
        columnSize="responsiveSizeToFit",
        className=f"grid {class_name}".strip(),
        style={"height": f"{height}px" if isinstance(height, int) else height, "width": "100%"},
    )
    return made
