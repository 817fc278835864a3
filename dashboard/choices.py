"""What a control of the header or of a filter row does: it changes the URL."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import no_update

from dashboard.view import View, read_url
from data_contracts.divisions import load_divisions

_AREA_KINDS = ("region", "prefecture", "corps")


def follow_choice(values: Sequence[str | None], controls: Sequence[Mapping[str, str]], url: str) -> Any:
    """URL with the values of those controls that no longer show what they were drawn with; else `no_update`.

    Args:
        values: of the controls, None where nothing is chosen.
        controls: their ids (see :func:`dashboard.ids.shell.choice`).
        url: the URL now, path and query.
    """
    changes = {
        control["parameter"]: value or None
        for control, value in zip(controls, values, strict=True)
        if (value or "") != control["shown"]
    }
    view = read_url(url)
    href = destination(view, changes) if changes else view.href()
    return no_update if href == view.href() else href


def destination(view: View, changes: Mapping[str, str | None]) -> str:
    """Where a change leads: on the overview a division without others below it has its own page."""
    path = view.path
    if path == "/" and changes.get("division") and not _has_others_below(str(changes["division"])):
        path = "/division"
    scope = None if "division" in changes else view.scope
    return view.href(path, **{**changes, "scope": scope, "explain": None, "row": None})


def _has_others_below(division_code: str) -> bool:
    divisions = load_divisions().set_index("division_code")
    return division_code in divisions.index and divisions.at[division_code, "kind"] in _AREA_KINDS
