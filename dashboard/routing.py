"""From a URL to a page or a drawer: one plain function for each, so that a callback's body is one call."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from dash.development.base_component import Component

from dashboard.gather.division import gather_division
from dashboard.gather.explanation import NothingToExplain, gather_explanation
from dashboard.gather.filed_row import gather_filed_row
from dashboard.gather.filings import gather_filings
from dashboard.gather.indicator import gather_indicator
from dashboard.gather.method import gather_method
from dashboard.gather.overview import gather_overview
from dashboard.gather.worklist import gather_worklist
from dashboard.library import Library, NothingPublished
from dashboard.pages import failures
from dashboard.pages.division import division_page
from dashboard.pages.drawer import drawer, failed_drawer
from dashboard.pages.filings import filings_page
from dashboard.pages.indicator import indicator_page
from dashboard.pages.method import method_page
from dashboard.pages.overview import overview_page
from dashboard.pages.shell import bare_frame, frame
from dashboard.pages.warnings import warnings_page
from dashboard.stand import Stand, take_stand
from dashboard.view import PAGES, may_open, read_url
from metrics.read_layer import EVERYTHING, Scope
from metrics.snapshot import SnapshotUnreadable
from pipelines.accounts.account import Role
from pipelines.snapshots import SnapshotError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """How a page is made: gathered and laid out; what choices its header offers beside the month."""

    make: Callable[[Stand], Component]
    with_scope: bool = False
    with_division: bool = True


PAGE_MAKERS: dict[str, Page] = {
    "/": Page(lambda stand: overview_page(gather_overview(stand))),
    "/division": Page(lambda stand: division_page(gather_division(stand)), with_scope=True),
    "/indicator": Page(lambda stand: indicator_page(gather_indicator(stand)), with_scope=True),
    "/warnings": Page(lambda stand: warnings_page(gather_worklist(stand)), with_scope=True),
    "/filings": Page(lambda stand: filings_page(gather_filings(stand))),
    "/method": Page(lambda stand: method_page(gather_method(stand)), with_division=False),
}


def show_page(
    library: Library, url: str, scope: Scope = EVERYTHING, now: date | None = None, role: Role | None = "analyst"
) -> tuple[Component, str | None]:
    """(page, id of the snapshot it shows) for a URL; a designed page also where there is nothing to show.

    Args:
        scope: divisions that the reader sees.
        now: the day to which deadlines are reckoned.
        role: the reader's; it decides which pages there are.
    """
    view = read_url(url)
    if not may_open(view.path, role):
        return bare_frame(view, failures.forbidden_page(view), role), None
    if view.path not in PAGE_MAKERS:
        return bare_frame(view, failures.unknown_page(view), role), library.current_id()
    try:
        stand = take_stand(library, view, scope, now)
        page = PAGE_MAKERS[view.path]
        shown = frame(
            stand,
            PAGES[view.path],
            page.make(stand),
            with_scope=page.with_scope,
            with_division=page.with_division,
            role=role,
        )
        return shown, stand.snapshot.snapshot_id
    except NothingPublished:
        return bare_frame(view, failures.nothing_published_page(), role), None
    except (SnapshotError, SnapshotUnreadable) as error:
        return bare_frame(view, failures.snapshot_failure_page(str(error), view), role), library.current_id()
    except Exception:
        return bare_frame(view, failures.fault_page(_log_fault(url)), role), library.current_id()


def show_drawer(
    library: Library, url: str, scope: Scope = EVERYTHING, now: date | None = None, role: Role | None = "analyst"
) -> Component | None:
    """The drawer of a URL; None where the URL opens none, or on a page that the role may not open."""
    view = read_url(url)
    if (not view.explain and not view.row) or not may_open(view.path, role):
        return None
    try:
        stand = take_stand(library, view, scope, now)
        explanation = gather_explanation(stand) or NothingToExplain("")
        return drawer(stand, explanation, gather_filed_row(stand) if view.row else None)
    except NothingPublished:
        return None
    except (SnapshotError, SnapshotUnreadable) as error:
        return failed_drawer(view, str(error))
    except Exception:
        return failed_drawer(view, f"程序出错，已记入日志，编号 {_log_fault(url)}。请把编号告诉系统管理员。")


def _log_fault(url: str) -> str:
    reference = secrets.token_hex(4)
    log.exception("fault %s while making %s", reference, url)
    return reference
