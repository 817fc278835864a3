"""Tell a reader with an open page that another release has been published since."""

from typing import Any

from dash import html

from dashboard.library import Library
from dashboard.view import read_url


def notice_publication(library: Library, shown: str | None, url: str) -> Any:
    """A bar with a link to the new release; nothing while the shown one is current or was chosen on purpose."""
    view = read_url(url)
    current = library.current_id()
    if view.snapshot or current is None or current == shown:
        return None
    words = "数据已发布" if shown is None else f"新版本 {current} 已发布，本页仍是 {shown}"
    # A plain anchor with a target makes the browser load the page anew, with the new release.
    return html.Div(
        [words, html.A("打开新版本", href=view.href(), target="_self", className="button")], className="notice"
    )
