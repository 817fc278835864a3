"""What the page of one indicator shows: definition, the chosen division's number and chart, all its peers."""

from dataclasses import dataclass

import pandas as pd

from dashboard.frames import Record, records
from dashboard.gather.overview import KEY_INDICATORS
from dashboard.stand import Stand
from metrics import read_layer

MONTHS = 24


@dataclass(frozen=True)
class Indicator:
    """Frames of an indicator's page; `cell` is None where the chosen reading has none this month.

    `statistics` are the chosen reading's, None in a snapshot older than them; `place` are those by which it stands in
    the funnel; `chart` is its control chart, `funnel` all peers, `limits` the funnel's.
    """

    stand: Stand
    definition: Record
    catalogue: list[Record]
    target: float | None
    cell: Record | None
    history: pd.DataFrame
    ranking: pd.DataFrame
    peers: str
    groups: pd.DataFrame
    columns: pd.DataFrame
    statistics: Record | None
    place: Record | None
    chart: pd.DataFrame
    funnel: pd.DataFrame
    limits: pd.DataFrame


def gather_indicator(stand: Stand) -> Indicator:
    """The indicator of the URL, or the first key indicator of the catalogue."""
    catalogue = records(stand.snapshot.indicators)
    by_name = {entry["indicator"]: entry for entry in catalogue}
    name = next(
        (name for name in (stand.view.indicator or "", *KEY_INDICATORS) if name in by_name), catalogue[0]["indicator"]
    )
    cursor, scope, period = stand.cursor, stand.scope, stand.period
    place = {"scope_code": stand.division_code, "reading": stand.reading, "period": period}
    cells = read_layer.read_cells(cursor, scope, **place)
    found = records(cells[cells["indicator"] == name])
    own = records(read_layer.read_cell_statistics(cursor, scope, **place, indicator=name))
    peers = "area" if stand.view.level == "prefecture" else "own"
    funnel = read_layer.read_cell_statistics(cursor, scope, reading=peers, period=period, indicator=name)
    compared = funnel[funnel["peer_set"].notna()] if not funnel.empty else funnel
    return Indicator(
        stand=stand,
        definition=by_name[name],
        catalogue=catalogue,
        target=read_layer.read_target(cursor, name, period),
        cell=found[0] if found else None,
        history=read_layer.read_cell_history(cursor, scope, **place, months=MONTHS, indicator=name),
        ranking=read_layer.read_indicator_ranking(cursor, scope, indicator=name, reading=peers, period=period),
        peers=peers,
        groups=read_layer.read_indicator_groups(cursor, scope, indicator=name, **place),
        columns=read_layer.read_region_columns(cursor, scope, indicator=name, period=period),
        statistics=own[0] if own else None,
        place=_place_of(compared, stand.division_code),
        chart=read_layer.read_control_chart(cursor, scope, **place, indicator=name),
        funnel=compared,
        limits=read_layer.read_funnel_limits(cursor, scope, indicator=name, reading=peers, period=period),
    )


def _place_of(funnel: pd.DataFrame, division_code: str) -> Record | None:
    found = records(funnel[funnel["scope_code"] == division_code]) if not funnel.empty else []
    return found[0] if found else None
