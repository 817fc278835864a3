"""From a URL to a page or a drawer: one plain function for each, so that a callback's body is one call."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from dash.development.base_component import Component

from dashboard.components.freezing import freeze
from dashboard.gather.capacity import gather_capacity
from dashboard.gather.division import gather_division
from dashboard.gather.events import gather_events
from dashboard.gather.explanation import NothingToExplain, gather_explanation
from dashboard.gather.filed_row import gather_filed_row
from dashboard.gather.filings import gather_filings
from dashboard.gather.handling import Attempt
from dashboard.gather.indicator import gather_indicator
from dashboard.gather.inspections import gather_inspections
from dashboard.gather.integrity import gather_integrity
from dashboard.gather.method import gather_method
from dashboard.gather.overview import gather_overview
from dashboard.gather.releases import gather_releases
from dashboard.gather.scenarios import gather_scenarios
from dashboard.gather.units import gather_units
from dashboard.gather.wall import gather_wall
from dashboard.gather.worklist import gather_worklist
from dashboard.library import Library, NothingPublished
from dashboard.pages import failures
from dashboard.pages.capacity import capacity_page
from dashboard.pages.division import division_page
from dashboard.pages.drawer import drawer, failed_drawer
from dashboard.pages.events import events_page
from dashboard.pages.filings import filings_page
from dashboard.pages.indicator import indicator_page
from dashboard.pages.inspections import inspections_page
from dashboard.pages.integrity import integrity_page
from dashboard.pages.method import method_page
from dashboard.pages.overview import overview_page
from dashboard.pages.releases import releases_page
from dashboard.pages.scenarios import scenarios_page
from dashboard.pages.shell import bare_frame, frame
from dashboard.pages.units import units_page
from dashboard.pages.wall import wall_page
from dashboard.pages.warnings import warnings_page
from dashboard.reader import PROGRAM, Reader
from dashboard.stand import Stand, take_stand
from dashboard.view import PAGES, WALL, may_open, read_url
from metrics.snapshot import SnapshotUnreadable
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
    "/inspections": Page(lambda stand: inspections_page(gather_inspections(stand)), with_scope=True),
    "/units": Page(lambda stand: units_page(gather_units(stand)), with_scope=True),
    "/capacity": Page(lambda stand: capacity_page(gather_capacity(stand)), with_scope=True),
    "/events": Page(lambda stand: events_page(gather_events(stand)), with_scope=True),
    "/scenarios": Page(lambda stand: scenarios_page(gather_scenarios(stand)), with_division=False),
    "/integrity": Page(lambda stand: integrity_page(gather_integrity(stand))),
    "/releases": Page(lambda stand: releases_page(gather_releases(stand)), with_division=False),
    "/method": Page(lambda stand: method_page(gather_method(stand)), with_division=False),
}


def show_page(
    library: Library, url: str, reader: Reader = PROGRAM, now: date | None = None
) -> tuple[Component, str | None]:
    """(page, id of the snapshot it shows) for a URL; a designed page also where there is nothing to show.

    Args:
        reader: who looks; its role decides which pages there are, its scope which figures.
        now: the day to which deadlines are reckoned.
    """
    view = read_url(url)
    if not may_open(view.path, reader.role):
        return bare_frame(view, failures.forbidden_page(view), reader.role), None
    if view.path not in PAGE_MAKERS and view.path != WALL:
        return bare_frame(view, failures.unknown_page(view), reader.role), library.current_id()
    try:
        stand = take_stand(library, view, reader, now)
        if view.path == WALL:
            return freeze(wall_page(gather_wall(stand))), stand.snapshot.snapshot_id
        page = PAGE_MAKERS[view.path]
        shown = frame(
            stand,
            PAGES[view.path],
            page.make(stand),
            with_scope=page.with_scope,
            with_division=page.with_division,
            role=reader.role,
        )
        return freeze(shown), stand.snapshot.snapshot_id
    except NothingPublished:
        return bare_frame(view, failures.nothing_published_page(), reader.role), None
    except (SnapshotError, SnapshotUnreadable) as error:
        return bare_frame(view, failures.snapshot_failure_page(str(error), view), reader.role), library.current_id()
    except Exception:
        return bare_frame(view, failures.fault_page(_log_fault(url)), reader.role), library.current_id()


def show_drawer(
    library: Library, url: str, reader: Reader = PROGRAM, now: date | None = None, attempt: Attempt | None = None
) -> Component | None:
    """The drawer of a URL; None where the URL opens none, or on a page that the reader may not open.

    `attempt`: a step just tried, and what came of it.
    """
    view = read_url(url)
    if (not view.explain and not view.row) or not may_open(view.path, reader.role):
        return None
    try:
        stand = take_stand(library, view, reader, now)
        explanation = gather_explanation(stand) or NothingToExplain("")
        found: Component = freeze(drawer(stand, explanation, gather_filed_row(stand) if view.row else None, attempt))
        return found
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
