"""Filters that live in the URL: chips that are links, and selects whose choice becomes a link."""

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria, data
from dashboard.components.choice import choice
from dashboard.formats import format_count
from dashboard.view import View


def chip_filter(
    view: View, parameter: str, titles: Mapping[str, Component | str], counts: Mapping[str, int], label: str
) -> Component:
    """A row of chips, several of which may be chosen; each says how many it would show."""
    chosen = view.chosen(parameter)
    chips = [
        html.A(
            [title, html.B(format_count(counts.get(value, 0)))],
            href=view.toggled(parameter, value),
            className="filter-chip is-chosen" if value in chosen else "filter-chip",
            # A link is not pressed: it leads to the list with or without this value, and says when it is in force.
            **(aria(current="true") if value in chosen else {}),
            **data(filter=f"{parameter}:{value}"),
        )
        for value, title in titles.items()
    ]
    return html.Div(
        [html.Span(label, className="filter-label"), *chips], className="filter-row", role="group", **aria(label=label)
    )


def select_filter(
    view: View, parameter: str, options: Sequence[tuple[str, str]], placeholder: str, width: int
) -> Component:
    """A searchable choice of one; clearing it takes the filter out of the URL."""
    listed = [{"value": code, "label": title} for code, title in options]
    return choice(parameter, getattr(view, parameter), listed, placeholder, width, clearable=True)


def clear_link(view: View, parameters: Sequence[str]) -> Component | None:
    """Link that takes every filter out; None where none is chosen."""
    if not any(getattr(view, name) for name in parameters):
        return None
    return html.A("清除筛选", href=view.href(**dict.fromkeys(parameters), explain=None, row=None), className="more")
