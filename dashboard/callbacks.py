"""The callbacks, each one call to a plain function (or to a named function in `assets/navigation.js`)."""

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State
from flask import abort

from dashboard.access.gate import reader_scope, signed_in
from dashboard.choices import follow_choice
from dashboard.ids import shell as ids
from dashboard.library import Library
from dashboard.publication import notice_publication
from dashboard.routing import show_drawer, show_page


def register_callbacks(app: Dash, library: Library) -> None:
    """Tie URL, page and drawer together."""
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("oversight", "splitUrl"),
        Output(ids.PAGE_URL, "data"),
        Output(ids.DRAWER_URL, "data"),
        Input(ids.URL, "pathname"),
        Input(ids.URL, "search"),
        State(ids.PAGE_URL, "data"),
        State(ids.DRAWER_URL, "data"),
    )

    @app.callback(
        Output(ids.PAGE, "children"),
        Output(ids.SHOWN_SNAPSHOT, "data"),
        Input(ids.PAGE_URL, "data"),
        prevent_initial_call=True,
    )
    def page(url: str) -> Any:
        account = signed_in()
        return show_page(library, _text(url), reader_scope(), role=account.role if account else None)

    @app.callback(Output(ids.DRAWER, "children"), Input(ids.DRAWER_URL, "data"), prevent_initial_call=True)
    def drawer(url: str) -> Any:
        account = signed_in()
        return show_drawer(library, _text(url), reader_scope(), role=account.role if account else None)

    every_choice = ids.choice(ALL, ALL)

    @app.callback(
        Output(ids.URL, "href"),
        Input(every_choice, "value"),
        State(every_choice, "id"),
        State(ids.URL, "pathname"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def choice(values: list[str | None], controls: list[dict[str, str]], pathname: str, search: str | None) -> Any:
        return follow_choice(values, controls, _text(pathname) + _text(search or ""))

    @app.callback(
        Output(ids.NOTICE, "children"),
        Input(ids.POLL, "n_intervals"),
        State(ids.SHOWN_SNAPSHOT, "data"),
        State(ids.PAGE_URL, "data"),
        prevent_initial_call=True,
    )
    def publication(_: int, shown: str | None, url: str | None) -> Any:
        return notice_publication(library, shown, _text(url or "/"))


def _text(value: Any) -> str:
    """What a browser sends as a URL; whoever sends something else is not one."""
    return value if isinstance(value, str) else abort(400)
