"""A searchable choice whose value goes into the URL (see `dashboard.choices`)."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash.development.base_component import Component

from dashboard.components.attributes import aria
from dashboard.ids import shell as ids


def choice(
    parameter: str,
    shown: str | None,
    options: Sequence[Mapping[str, Any]],
    label: str,
    width: int,
    *,
    clearable: bool = False,
    searchable: bool = True,
) -> Component:
    """A select that shows `shown`; choosing another option moves the URL.

    Args:
        parameter: name in the URL.
        shown: value it is drawn with; None where nothing is chosen.
        options: `{"value", "label"}`, or groups `{"group", "items"}` of them.
        label: what a screen reader says; also the placeholder of a clearable choice.
        width: in pixels.
    """
    select: Component = dmc.Select(
        id=ids.choice(parameter, shown),
        data=list(options),
        value=shown,
        placeholder=label if clearable else None,
        searchable=searchable,
        clearable=clearable,
        allowDeselect=clearable,
        w=width,
        size="sm",
        maxDropdownHeight=420,
        nothingFoundMessage="没有匹配的选项",
        checkIconPosition="right",
        className="choice",
        **aria(label=label),
    )
    return select
