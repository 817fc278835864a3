"""The tables of a page as plain text, read from the page itself: what is exported is what is shown, and to whom."""

from collections.abc import Iterator
from dataclasses import dataclass
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
    found = [table for table in _walk(page, "") if table.rows]
    seen: dict[str, int] = {}
    named = []
    for table in found:
        seen[table.title] = seen.get(table.title, 0) + 1
        number = f"（{seen[table.title]}）" if seen[table.title] > 1 else ""
        named.append(ExportTable(table.title + number, table.heads, table.rows))
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


def _walk(node: Any, title: str) -> Iterator[ExportTable]:
    if isinstance(node, (list, tuple)):
        for part in node:
            yield from _walk(part, title)
    elif isinstance(node, dag.AgGrid):
        yield _grid(node, title)
    elif isinstance(node, html.Table):
        yield _table(node, title)
    elif isinstance(node, Component):
        own = _heading(node) if isinstance(node, html.Section) else ""
        yield from _walk(getattr(node, "children", None), own or title)


def _heading(section: Component) -> str:
    heads = [node for node in _components(section) if isinstance(node, html.H2)]
    return text_of(heads[0]) if heads else ""


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
    return ExportTable(title or "清单", tuple(column.get("headerName", "") for column in columns), rows)


def _value(value: Any) -> Cell:
    if isinstance(value, dict):
        return str(value.get("title") or value.get("words") or "")
    if value is None or isinstance(value, (int, float)):
        return value
    return str(value).removeprefix("▸ ").removeprefix("▾ ")


def _table(table: Any, title: str) -> ExportTable:
    parts = list(_components(table))
    captions = [text_of(part) for part in parts if isinstance(part, html.Caption)]
    lines = [
        tuple(text_of(cell) for cell in _components(line) if isinstance(cell, (html.Td, html.Th)))
        for line in parts
        if isinstance(line, html.Tr)
    ]
    heads, rows = (lines[0], lines[1:]) if lines else ((), [])
    return ExportTable(title or (captions[0] if captions else "表"), heads, tuple(rows))
