"""What the search field does: links to what was found, by kind."""

from typing import Any

from dash import html

from dashboard.gather.search import KINDS, find
from dashboard.library import Library, NothingPublished
from dashboard.reader import Reader
from dashboard.stand import take_stand
from dashboard.view import read_url
from metrics.snapshot import SnapshotUnreadable
from pipelines.snapshots import SnapshotError


def follow_search(library: Library, words: str | None, page_url: str, reader: Reader) -> Any:
    """Links by kind; what to try where nothing fits; nothing while nothing is typed."""
    if not (words or "").strip():
        return None
    try:
        stand = take_stand(library, read_url(page_url or "/"), reader)
    except (NothingPublished, SnapshotError, SnapshotUnreadable):
        return html.Div("还没有可搜索的数据。", className="search-none")
    found = {kind: entries for kind, entries in find(stand, words).items() if entries}
    if not found:
        return html.Div("没有找到。可输名称、编号，或拼音首字母，如 aks。", className="search-none")
    return [
        html.Div(
            [
                html.Div(KINDS[kind], className="search-kind"),
                *(
                    html.A(
                        [html.Span(entry.title), html.Span(entry.note, className="search-note")],
                        href=stand.view.href(entry.path, **{"explain": None, "row": None, **dict(entry.changes)}),
                        className="search-found",
                    )
                    for entry in entries
                ),
            ],
            role="group",
        )
        for kind, entries in found.items()
    ]
