"""The indicators of one dimension at a place, as the pages of supervision begin with them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.stand import Stand
from metrics import read_layer

MONTHS = 24


@dataclass(frozen=True)
class Dimension:
    """`key` are the cells that are drawn large, `rest` the others of the dimension; `history` of all, 24 months."""

    key: pd.DataFrame
    rest: pd.DataFrame
    history: pd.DataFrame


def gather_dimension(stand: Stand, dimension: str, key: Sequence[str]) -> Dimension:
    """Cells of a dimension for the chosen division and reading; `key` in the order given."""
    place = {"scope_code": stand.division_code, "reading": stand.reading, "period": stand.period}
    cells = read_layer.read_cells(stand.cursor, stand.scope, **place)
    cells = cells[cells["dimension"] == dimension]
    history = read_layer.read_cell_history(stand.cursor, stand.scope, **place, months=MONTHS)
    shown = cells[cells["indicator"].isin(key)].sort_values(
        "indicator", key=lambda names: names.map({name: place for place, name in enumerate(key)})
    )
    return Dimension(shown, cells[~cells["indicator"].isin(key)], history)
