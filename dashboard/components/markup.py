"""SVG inside a page: a Dash component whose JavaScript half is `assets/markup.js`.

Dash has no SVG elements. This component sets markup made by :mod:`dashboard.drawings`, where every text from a filing
is escaped; links in it work like any other link of the page (see `assets/navigation.js`).
"""

from typing import Any

from dash.development.base_component import Component


class Markup(Component):
    """A block of trusted markup.

    Args:
        html: markup from :mod:`dashboard.drawings`.
        label: what a screen reader says instead; empty for what is only an echo of a figure beside it.
    """

    _children_props: list[str] = []  # noqa: RUF012  (Dash reads these class attributes)
    _base_nodes: list[str] = ["children"]  # noqa: RUF012
    _namespace = "oversight"
    _type = "Markup"
    _prop_names: list[str] = ["id", "html", "className", "label"]  # noqa: RUF012
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012
    available_properties = _prop_names
    available_wildcard_properties: list[str] = []  # noqa: RUF012

    def __init__(self, html: str, className: str = "", label: str = "", **properties: Any) -> None:
        super().__init__(html=html, className=className, label=label, **properties)  # type: ignore[no-untyped-call]
