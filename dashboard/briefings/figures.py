"""Figures of sentences from cells and counts: value, how it is written, where it comes from."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.briefings.wordbook import Figure
from dashboard.formats import change_unit, format_change, format_count, format_value, is_missing, value_parts


def figure(value: Any, shown: str, source: str) -> Figure:
    """A figure; a missing value stays missing."""
    return Figure(None if is_missing(value) else value, shown, source)


def count(number: int, source: str) -> Figure:
    """A whole number of things."""
    return Figure(int(number), format_count(number), source)


def joined(parts: Sequence[str], source: str) -> Figure:
    """Several names with their numbers, as one."""
    return Figure(None, "、".join(parts).replace("、等", "等"), source)


def cell_source(cell: Mapping[str, Any]) -> str:
    """Table and key of a cell."""
    return f"cells:{cell['indicator']}/{cell['scope_code']}/{cell['scope']}/{cell['period']}"


def cell_figures(cell: Mapping[str, Any], *names: str) -> dict[str, Figure]:
    """Value and bounds of a cell as written on the pages."""
    source = cell_source(cell)
    return {name: figure(cell[name], _written(cell, name), f"{source}:{name}") for name in names}


def _written(cell: Mapping[str, Any], name: str) -> str:
    """A value with its unit; a bound with none but the percent sign."""
    if name in ("lower", "upper"):
        return value_parts(cell[name], cell["kind"])[0] + ("%" if cell["kind"] == "share" else "")
    return format_value(cell[name], cell["kind"], cell["unit"])


def size_figure(cell: Mapping[str, Any]) -> Figure:
    """How much a cell changed, with the unit of a change."""
    unit = change_unit(cell["kind"]) or str(cell["unit"])
    shown = f"{format_change(cell['change'], cell['kind'])} {unit}"
    return figure(cell["change"], shown, f"{cell_source(cell)}:change")
