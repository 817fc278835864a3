"""Tables and lists of a page as markup: what nobody's callback touches need not be a tree of Dash components.

Dash's half in the browser takes one to two milliseconds for each component, which made a page with ninety indicators
stand still for five seconds. Pages are laid out (and exported, and tested) as components; the last thing before a page
is sent is to write its larger tables and lists as the same HTML. Clicks and hovers of rows are followed by delegation
(`assets/navigation.js`, `hover_card.js`), so they need no component either.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from html import escape
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.markup import Markup

_FROZEN = (html.Table, html.Ul)
_LEAST = 12  # components; a smaller one costs next to nothing
_NAMES = {"className": "class", "colSpan": "colspan", "rowSpan": "rowspan", "htmlFor": "for", "tabIndex": "tabindex",
          "dateTime": "datetime"}  # fmt: skip
_PLAIN = ("title", "role", "href", "target", "type", "scope", "lang", "rel", "download")
_UNITLESS = frozenset({"flex", "flexGrow", "flexShrink", "fontWeight", "lineHeight", "opacity", "order", "zIndex"})
_EMPTY = frozenset({"br", "hr", "img", "col", "wbr"})


class NotPlainError(ValueError):
    """It is more than plain HTML, and stays a component."""


def freeze(node: Any) -> Any:
    """The same layout with its larger tables and lists as markup; what holds anything but plain HTML stays."""
    if isinstance(node, (list, tuple)):
        return [freeze(one) for one in node]
    if not isinstance(node, Component) or isinstance(node, Markup):
        return node
    if isinstance(node, _FROZEN) and _size(node) >= _LEAST:
        with suppress(NotPlainError):
            return Markup(to_html(node))
    children = getattr(node, "children", None)
    if children is not None:
        node.children = freeze(children)
    return node


def to_html(node: Any) -> str:
    """A tree of plain HTML components as HTML; texts and attributes are escaped.

    Raises:
        NotPlainError: a component or an attribute that is not plain HTML; an `id` is none, for callbacks go by it.
    """
    if node is None:
        return ""
    if isinstance(node, (list, tuple)):
        return "".join(map(to_html, node))
    if not isinstance(node, Component):
        return escape(str(node))
    if isinstance(node, Markup):
        return _markup(node)
    if str(node._namespace) != "dash_html_components":  # type: ignore[attr-defined]
        raise NotPlainError(f"{type(node).__name__} is no plain HTML")
    name = type(node).__name__.lower()
    attributes = "".join(_attribute(key, value) for key, value in _properties(node))
    inside = to_html(getattr(node, "children", None))
    return f"<{name}{attributes}>" if name in _EMPTY else f"<{name}{attributes}>{inside}</{name}>"


def _markup(node: Markup) -> str:
    """As `assets/markup.js` does."""
    properties = dict(_properties(node))
    if "id" in properties:
        raise NotPlainError("a markup with an id is for a callback")
    told = f' role="img" aria-label="{escape(str(properties["label"]), quote=True)}"' if properties.get("label") else ""
    kind = f' class="{escape(str(properties["className"]), quote=True)}"' if properties.get("className") else ""
    return f"<div{kind}{told}>{properties['html']}</div>"


def _attribute(key: str, value: Any) -> str:
    if key == "style":
        value = ";".join(f"{_hyphened(name)}:{_measure(name, part)}" for name, part in value.items())
    elif key not in _NAMES and key not in _PLAIN and not key.startswith(("data-", "aria-")):
        raise NotPlainError(f"attribute {key} is not known to be plain HTML")
    return f' {_NAMES.get(key, key)}="{escape(str(value), quote=True)}"'


def _measure(name: str, part: Any) -> str:
    """A number is in pixels, as React has it, but for what has no unit."""
    is_length = isinstance(part, (int, float)) and part != 0 and not name.startswith("--") and name not in _UNITLESS
    return f"{part}px" if is_length else str(part)


def _hyphened(name: str) -> str:
    """`minWidth` → `min-width`; `--share` stays."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)


def _properties(node: Component) -> Iterable[tuple[str, Any]]:
    properties: Mapping[str, Any] = node.to_plotly_json()["props"]  # type: ignore[no-untyped-call]
    # Dash gives them in another order each time
    return [(key, value) for key, value in sorted(properties.items()) if key != "children" and value is not None]


def _size(node: Any) -> int:
    if isinstance(node, (list, tuple)):
        return sum(map(_size, node))
    return 1 + _size(getattr(node, "children", None)) if isinstance(node, Component) else 0
