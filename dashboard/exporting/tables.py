"""The tables of a page as plain text, read from the page itself: what is exported is what is shown, and to whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

Cell = str | int | float | None


@dataclass(frozen=True)
class ExportTable:
    """One table: the title of its card, heads, rows."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables_of(page: Component) -> list[ExportTable]:
    """Every table and grid of a layout, in the order of reading; empty ones are left out."""
    nodes = list(_walk(page, ""))
    titles = _numbered([title for title, _ in nodes])
    return [_grid(node, title) if isinstance(node, dag.AgGrid) else _table(node, title)
            for title, (_, node) in zip(titles, nodes, strict=True)]  # fmt: skip


def titles_of(page: Component) -> list[str]:
    """Titles of the tables that :func:`tables_of` gives, without reading their rows."""
    return _numbered([title for title, _ in _walk(page, "")])


def _numbered(titles: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    named = []
    for title in titles:
        seen[title] = seen.get(title, 0) + 1
        named.append(f"{title}（{seen[title]}）" if seen[title] > 1 else title)
    return named


def text_of(node: Any) -> str:
    """What a reader reads of a component; of a mark without words, its label."""
    if node is None or isinstance(node, bool):
        return ""
    if isinstance(node, (list, tuple)):
        return " ".join(part for part in map(text_of, node) if part)
    if not isinstance(node, Component):
        return str(node)
    words = text_of(getattr(node, "children", None))
    if words or getattr(node, "role", None) != "img":
        return words
    return str(getattr(node, "aria-label", ""))


def _walk(node: Any, title: str) -> Iterator[tuple[str, Any]]:
    """Tables and grids that have rows, each with its title."""
    if isinstance(node, (list, tuple)):
        for part in node:
            yield from _walk(part, title)
    elif isinstance(node, dag.AgGrid):
        if node.rowData:
            yield title or "清单", node
    elif isinstance(node, html.Table):
        lines = islice((part for part in _components(node) if isinstance(part, html.Tr)), 2)
        if len(list(lines)) > 1:
            yield title or _caption(node), node
    elif isinstance(node, Component):
        own = _heading(node) if isinstance(node, html.Section) else ""
        yield from _walk(getattr(node, "children", None), own or title)


def _heading(section: Component) -> str:
    return text_of(next((node for node in _components(section) if isinstance(node, html.H2)), None))


def _caption(table: Component) -> str:
    return text_of(next((node for node in _components(table) if isinstance(node, html.Caption)), None)) or "表"


def _components(node: Any) -> Iterator[Component]:
    if isinstance(node, (list, tuple)):
        for part in node:
            yield from _components(part)
    elif isinstance(node, Component):
        yield node
        yield from _components(getattr(node, "children", None))


def _grid(grid: Any, title: str) -> ExportTable:
    columns = [column for column in grid.columnDefs if column.get("field")]
    rows = tuple(tuple(_value(record.get(column["field"])) for column in columns) for record in grid.rowData)
    return ExportTable(title, tuple(column.get("headerName", "") for column in columns), rows)


def _value(value: Any) -> Cell:
    if isinstance(value, dict):
        return str(value.get("title") or value.get("words") or "")
    if value is None or isinstance(value, (int, float)):
        return value
    return str(value).removeprefix("▸ ").removeprefix("▾ ")


def _table(table: Any, title: str) -> ExportTable:
    lines = [
        tuple(text_of(cell) for cell in _components(line) if isinstance(cell, (html.Td, html.Th)))
        for line in _components(table)
        if isinstance(line, html.Tr)
    ]
    return ExportTable(title, lines[0], tuple(lines[1:]))
