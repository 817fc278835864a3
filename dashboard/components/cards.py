"""Cards, section heads and designed empty states."""

import re
from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria
from dashboard.sentences import Phrase

Children = Component | str | Sequence["Component | str | None"] | None


def card(
    title: str,
    *children: Children,
    note: Children = None,
    tools: Children = None,
    class_name: str = "",
    **attributes: Any,
) -> Component:
    """A white card with a title line: note at the right of the title, tools at the far right."""
    head = html.Div(
        [
            html.H2(title),
            html.Div(note, className="card-note"),
            html.Div(tools, className="card-tools") if tools else None,
        ],
        className="card-head",
    )
    content: list[Any] = [head, *children]
    return html.Section(content, className=f"card {class_name}".strip(), **attributes)


def empty_state(what: str, why: str, todo: Children = None, *, is_page: bool = False) -> Component:
    """What is missing, why, and what to do about it."""
    return html.Div(
        [
            html.Div(what, className="empty-what"),
            html.Div(why, className="empty-why"),
            html.Div(todo, className="empty-todo") if todo else None,
        ],
        className="empty is-page" if is_page else "empty",
    )


def sentence(phrases: Sequence[Phrase], class_name: str = "sentence") -> Component:
    """A written sentence, its figures bold; a figure and its unit stay on one line."""
    texts = [re.sub(r"(?<=\d) (?=\D)", "\N{NO-BREAK SPACE}", phrase.text) for phrase in phrases]
    parts = [html.Strong(text) if phrase.is_strong else text for phrase, text in zip(phrases, texts, strict=True)]
    return html.P(parts, className=class_name)


def segmented(choices: Sequence[tuple[str, str, bool]], label: str) -> Component:
    """A row of links of which one is chosen: (title, href, is_chosen)."""
    links = [
        html.A(
            title,
            href=href,
            className="segment is-chosen" if chosen else "segment",
            **(aria(current="true") if chosen else {}),
        )
        for title, href, chosen in choices
    ]
    return html.Div(links, className="segmented", role="group", **aria(label=label))


def facts(pairs: Sequence[tuple[str, Children]], class_name: str = "facts") -> Component:
    """Label and value pairs as a definition list; pairs without a value are left out."""
    shown = [(label, value) for label, value in pairs if value not in (None, "", "—")]
    return html.Dl([part for label, value in shown for part in (html.Dt(label), html.Dd(value))], className=class_name)
