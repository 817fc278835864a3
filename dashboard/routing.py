"""From a URL to a page or a drawer: one plain function for each, so that a callback's body is one call."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from dash.development.base_component import Component

from dashboard.gather.overview import gather_overview
from dashboard.library import Library, NothingPublished
from dashboard.pages import failures
from dashboard.pages.overview import overview_page
from dashboard.pages.shell import bare_frame, frame
from dashboard.stand import Stand, take_stand
from dashboard.view import PAGES, View, read_url
from metrics.read_layer import EVERYTHING, Scope
from metrics.snapshot import SnapshotUnreadable
from pipelines.snapshots import SnapshotError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """How a page is made: gathered and laid out; `with_scope` offers 本级 and 全域 in the header."""

    make: Callable[[Stand], Component]
    with_scope: bool = False


PAGE_MAKERS: dict[str, Page] = {
    "/": Page(lambda stand: overview_page(gather_overview(stand))),
}


def show_page(library: Library, url: str, scope: Scope = EVERYTHING,
              now: date | None = None) -> tuple[Component, str | None]:
    """(page, id of the snapshot it shows) for a URL; a designed page also where there is nothing to show."""
    view = read_url(url)
    if view.path not in PAGE_MAKERS:
        return bare_frame(view, failures.unknown_page(view)), library.current_id()
    try:
        stand = take_stand(library, view, scope, now)
        page = PAGE_MAKERS[view.path]
        content = page.make(stand)
        return frame(stand, PAGES[view.path], content, with_scope=page.with_scope), stand.snapshot.snapshot_id
    except NothingPublished:
        return bare_frame(view, failures.nothing_published_page()), None
    except (SnapshotError, SnapshotUnreadable) as error:
        return bare_frame(view, failures.snapshot_failure_page(str(error), view)), library.current_id()
    except Exception:
        return bare_frame(view, failures.fault_page(_log_fault(url))), library.current_id()


def show_drawer(library: Library, url: str, scope: Scope = EVERYTHING, now: date | None = None) -> Component | None:
    """The drawer of a URL; None where the URL opens none."""
    return None


def _log_fault(url: str) -> str:
    reference = secrets.token_hex(4)
    log.exception("fault %s while making %s", reference, url)
    return reference
