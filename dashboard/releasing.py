"""What the buttons of 版本 do: begin a comparison, look whether it is done, publish a draft."""

from collections.abc import Sequence
from typing import Any

from dash import ctx, html, no_update

from dashboard.comparing_apart import start_comparison
from dashboard.gather.releases import gather_releases
from dashboard.library import Library
from dashboard.pages.releases import comparison
from dashboard.reader import Reader, current_reader
from dashboard.routing import show_page
from dashboard.stand import take_stand
from dashboard.view import read_url
from pipelines.snapshots import SnapshotError, publish


def follow_comparison(library: Library, is_asked: bool, page_url: str) -> tuple[Any, bool, bool]:
    """(what is known, whether the poll stays off, whether the button is hidden); begins the work where asked to."""
    stand = take_stand(library, read_url(page_url), current_reader())
    shown = gather_releases(stand)
    if is_asked and shown.pair is not None:
        start_comparison(library.home, *shown.pair)
        shown = gather_releases(stand)
    is_waiting = shown.seconds is not None
    return comparison(shown), not is_waiting, is_waiting or shown.comparison is not None


def publish_draft(library: Library, clicks: Sequence[int | None], page_url: str) -> tuple[Any, Any]:
    """(what came of it, the page anew) after the button of a draft was pressed."""
    pressed = ctx.triggered_id
    if not pressed or not any(clicks):
        return no_update, no_update
    reader = current_reader()
    return try_publish(library, reader, str(pressed["snapshot"])), show_page(library, page_url, reader)[0]


def try_publish(library: Library, reader: Reader, snapshot_id: str) -> Any:
    """Publish a draft if this account may; a notice either way."""
    if not reader.may_publish:
        return html.P("本账号不能发布。", className="page-notice")
    try:
        done = publish(library.home, snapshot_id)
    except SnapshotError as error:
        return html.P(str(error), className="page-notice")
    return html.P(f"{done} 已发布。", className="page-notice")
