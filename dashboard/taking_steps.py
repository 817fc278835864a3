"""What the drawer's form does: one step on a warning, through the ledger's own rules, and what the reader is told."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from dash import no_update

from dashboard.gather.handling import Attempt
from dashboard.library import Library
from dashboard.reader import Reader, current_reader
from dashboard.routing import show_drawer, show_page
from dashboard.view import read_url
from pipelines.events import EventError
from pipelines.handling import (
    Actor,
    HandlingError,
    HandlingRefused,
    handling_of,
    state_title,
    step_title,
    take_step,
)


@dataclass(frozen=True)
class Given:
    """What was filled in: the action wished, the note, the number of the last step seen, and what some steps need."""

    action: str | None
    note: str | None
    seen: int | None
    until: str | None = None
    reason_code: str | None = None


def follow_step(library: Library, clicks: int | None, given: Given, drawer_url: str, page_url: str) -> tuple[Any, Any]:
    """(drawer, page) after a step was tried; the page only where the step was taken and it has changed."""
    if not clicks:
        return no_update, no_update
    reader = current_reader()
    attempt = try_step(library, reader, drawer_url, given)
    page = show_page(library, page_url, reader)[0] if attempt.is_taken else no_update
    return show_drawer(library, drawer_url, reader, attempt=attempt), page


def try_step(library: Library, reader: Reader, drawer_url: str, given: Given) -> Attempt:
    """Take the step on the warning that the drawer shows; a refusal or a fault is told, never raised."""
    view = read_url(drawer_url)
    kind, _, warning_id = (view.explain or "").partition(":")
    try:
        actor = _actor(library, reader, warning_id) if kind == "warning" else None
    except HandlingError as error:
        return Attempt(False, str(error), given.note or "")
    if kind != "warning" or actor is None or view.snapshot:
        return Attempt(False, "本账号或本页不能办理这条预警。", given.note or "")
    if not given.action:
        return Attempt(False, "请先选一个步骤。", given.note or "")
    try:
        until = date.fromisoformat(given.until.strip()) if given.until and given.until.strip() else None
    except ValueError:
        return Attempt(False, f"日期“{given.until}”写法不对，应如 2026-10-15。", given.note or "")
    try:
        handling = take_step(
            library.home, warning_id, given.action, actor=actor, seen=given.seen or 0, note=given.note, until=until,
            reason_code=given.reason_code or None,
        )  # fmt: skip
    except HandlingRefused as refused:
        happened = tuple(
            f"第 {step.number} 步 {step.at:%Y-%m-%d %H:%M} {step.actor}：{step_title(step.step)}，{step.note}"
            for step in refused.happened
        )
        words = "在您填写期间，别人已先办了一步，您的步骤没有记入。请看过下面的经过再办。" if happened else str(refused)
        return Attempt(False, words, given.note or "", happened)
    except EventError as error:
        return Attempt(False, str(error), given.note or "")
    done = step_title(handling.steps[-1].step)
    return Attempt(True, f"已{done}，现为{state_title(handling.state)}。")


def _actor(library: Library, reader: Reader, warning_id: str) -> Actor | None:
    """The reader as handling knows it for this warning; None where it has no part in it."""
    division_code = handling_of(library.home, warning_id).division_code
    return reader.actor(division_code) if reader.scope.sees(division_code) else None
