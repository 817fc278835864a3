"""Ids of the frame around every page."""

from typing import Any

URL = "url"
PAGE_URL = "page-url"
DRAWER_URL = "drawer-url"
POLL = "poll"
PAGE = "page"
DRAWER = "drawer"
NOTICE = "notice"
SHOWN_SNAPSHOT = "shown-snapshot"
CHOICE = "choice"
PRINT = "print"
SEARCH = "search"
CHARTS_READY = "charts-ready"
SEARCH_FOUND = "search-found"


def choice(parameter: Any, shown: Any) -> dict[str, Any]:
    """Id of a control whose value goes into the URL under `parameter`.

    It names what is `shown` already, so that the control, when it is drawn, is not mistaken for a choice.
    """
    return {"type": CHOICE, "parameter": parameter, "shown": shown or ""}
