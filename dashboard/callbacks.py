"""The callbacks, each one call to a plain function (or to a named function in `assets/navigation.js`)."""

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx
from flask import abort

from dashboard.choices import follow_choice
from dashboard.handing_in import follow_uploads, take_upload
from dashboard.ids import drawer as drawer_ids
from dashboard.ids import filings as filings_ids
from dashboard.ids import releases as releases_ids
from dashboard.ids import scenarios as scenario_ids
from dashboard.ids import shell as ids
from dashboard.ids import wall as wall_ids
from dashboard.judging_scenarios import follow_sliders, keep_scenario
from dashboard.library import Library
from dashboard.publication import notice_publication
from dashboard.reader import current_reader
from dashboard.releasing import follow_comparison, publish_draft
from dashboard.routing import show_drawer, show_page
from dashboard.searching import follow_search
from dashboard.taking_steps import Given, follow_step


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

    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("oversight", "readyCharts"),
        Output(ids.CHARTS_READY, "children"),
        Input(ids.SHOWN_SNAPSHOT, "data"),
        State(ids.CHARTS_READY, "children"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(ids.PAGE, "children"),
        Output(ids.SHOWN_SNAPSHOT, "data"),
        Input(ids.PAGE_URL, "data"),
        prevent_initial_call=True,
    )
    def page(url: str) -> Any:
        return show_page(library, _text(url), current_reader())

    @app.callback(Output(ids.DRAWER, "children"), Input(ids.DRAWER_URL, "data"), prevent_initial_call=True)
    def drawer(url: str) -> Any:
        return show_drawer(library, _text(url), current_reader())

    @app.callback(
        Output(ids.DRAWER, "children", allow_duplicate=True),
        Output(ids.PAGE, "children", allow_duplicate=True),
        Input(drawer_ids.STEP_TAKE, "n_clicks"),
        State(drawer_ids.STEP_ACTION, "value"),
        State(drawer_ids.STEP_NOTE, "value"),
        State(drawer_ids.STEP_SEEN, "data"),
        State(drawer_ids.STEP_UNTIL, "value"),
        State(drawer_ids.STEP_REASON, "value"),
        State(ids.DRAWER_URL, "data"),
        State(ids.PAGE_URL, "data"),
        prevent_initial_call=True,
    )
    def step(clicks: int | None, *given: Any) -> Any:
        action, note, seen, until, reason = given[:-2]
        for text in (action, note, until, reason):
            _text(text or "")
        return follow_step(library, clicks, Given(action, note, _number(seen), until, reason), *map(_text, given[-2:]))

    @app.callback(
        Output(filings_ids.UPLOADS, "data"),
        Output(filings_ids.UPLOAD_POLL, "disabled"),
        Input(filings_ids.UPLOAD, "contents"),
        State(filings_ids.UPLOAD, "filename"),
        prevent_initial_call=True,
    )
    def upload(contents: list[str] | None, names: list[str] | None) -> Any:
        return take_upload(library, _texts(contents), _texts(names))

    @app.callback(
        Output(filings_ids.UPLOAD_RESULT, "children"),
        Output(filings_ids.UPLOAD_POLL, "disabled", allow_duplicate=True),
        Input(filings_ids.UPLOAD_POLL, "n_intervals"),
        State(filings_ids.UPLOADS, "data"),
        prevent_initial_call=True,
    )
    def uploads(_: int, known: list[dict[str, Any]] | None) -> Any:
        return follow_uploads(library, known or [])

    @app.callback(
        Output(scenario_ids.RESULT, "children"),
        Output(scenario_ids.TEXT, "data"),
        Input(scenario_ids.weight(ALL), "value"),
        Input(scenario_ids.cut(ALL), "value"),
        Input(scenario_ids.TIGHTEN, "value"),
        State(scenario_ids.weight(ALL), "id"),
        State(scenario_ids.cut(ALL), "id"),
        State(ids.PAGE_URL, "data"),
        prevent_initial_call=True,
    )
    def sliders(weights: Any, cuts: Any, tighten: Any, weight_ids: Any, cut_ids: Any, url: str) -> Any:
        return follow_sliders(library, weights, weight_ids, cuts, cut_ids, tighten, url)

    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("oversight", "keepScenario"),
        Input(scenario_ids.TEXT, "data"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(scenario_ids.SAVED, "children"),
        Input(scenario_ids.SAVE, "n_clicks"),
        State(scenario_ids.NAME, "value"),
        State(scenario_ids.TEXT, "data"),
        State(ids.PAGE_URL, "data"),
        prevent_initial_call=True,
    )
    def keep(clicks: int | None, name: str | None, text: str | None, url: str) -> Any:
        return keep_scenario(library, clicks, _text(name or ""), None if text is None else _text(text), _text(url))

    @app.callback(
        Output(releases_ids.COMPARISON, "children"),
        Output(releases_ids.POLL, "disabled"),
        Output(releases_ids.START, "hidden"),
        Input(releases_ids.START, "n_clicks"),
        Input(releases_ids.POLL, "n_intervals"),
        State(ids.PAGE_URL, "data"),
        prevent_initial_call=True,
    )
    def compare(*given: Any) -> Any:
        return follow_comparison(library, ctx.triggered_id == releases_ids.START and bool(given[0]), _text(given[-1]))

    @app.callback(
        Output(releases_ids.TOLD, "children"),
        Output(ids.PAGE, "children", allow_duplicate=True),
        Input(releases_ids.publish(ALL), "n_clicks"),
        State(ids.PAGE_URL, "data"),
        prevent_initial_call=True,
    )
    def publish(clicks: list[int | None], url: str) -> Any:
        return publish_draft(library, clicks, _text(url))

    @app.callback(
        Output(ids.SEARCH_FOUND, "children"),
        Input(ids.SEARCH, "value"),
        State(ids.PAGE_URL, "data"),
        prevent_initial_call=True,
    )
    def search(words: str | None, url: str) -> Any:
        return follow_search(library, _text(words or ""), _text(url or "/"), current_reader())

    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("oversight", "turnWall"),
        Input(wall_ids.TURN, "n_intervals"),
        prevent_initial_call=True,
    )

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


def _number(value: Any) -> int | None:
    return value if value is None or type(value) is int else abort(400)


def _texts(value: Any) -> list[str]:
    return [_text(one) for one in value or []] if value is None or isinstance(value, list) else abort(400)


def _text(value: Any) -> str:
    """What a browser sends as a URL; whoever sends something else is not one."""
    return value if isinstance(value, str) else abort(400)
