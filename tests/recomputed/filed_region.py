"""A region as a snapshot holds it, for the twins: not drawn rows, but what clerks filed and intake accepted."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pandas as pd

from metrics.catalogue import load_catalogue
from tests.drawn import CONTRACTS
from tests.recomputed.region import Region
from tests.recomputed.registry import TWINS

# Their twins count attempts as drawn regions have them, at most two; real reporters hand in until it is right.
OF_ATTEMPTS = {"bad_rows_per_1000", "queries_explained_share"}
OWN = "SELECT scope_code, numerator, denominator FROM cells WHERE indicator = ? AND period = ? AND scope = 'own' " \
      "AND group_kind = 'all' AND numerator IS NOT NULL ORDER BY scope_code"  # fmt: skip


class FiledRegion(Region):
    """The filings that count in a snapshot, in the frames that the twins read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        super().__init__(0)
        spine = connection.execute("SELECT *, received_at::DATE - due_on AS days FROM expected_filings").df()
        keys = list(zip(spine["contract"], spine["division_code"], spine["period"], strict=True))
        self.states = dict(zip(keys, spine["state"], strict=True))
        self.drawn: dict[str, Any] = {
            "first_statuses": dict(zip(keys, spine["first_status"], strict=True)),
            "days_late": {key: int(days) for key, days, state in zip(keys, spine["days"], spine["state"], strict=True)
                          if state == "late"},
        }

    def _frame(self, contract: str) -> pd.DataFrame:
        frame = self._connection.execute(f"SELECT * FROM {contract} ORDER BY received_at, filing_id, row").df()
        for column in CONTRACTS[contract].columns:
            if column.kind in ("date", "datetime"):
                frame[column.name] = pd.to_datetime(frame[column.name])
            elif column.kind in ("integer", "decimal"):
                frame[column.name] = frame[column.name].astype(float)
            elif column.kind == "boolean":
                frame[column.name] = frame[column.name].astype("boolean").fillna(False).astype(bool)
        return frame


def differences(connection: duckdb.DuckDBPyConnection, period: str) -> Iterator[tuple[str, str, Any, Any]]:
    """Indicator, reporter, (numerator, denominator) in the snapshot and by the twin, where they differ in a month."""
    region = FiledRegion(connection)
    for indicator in load_catalogue().indicators:
        if indicator.indicator in OF_ATTEMPTS:
            continue
        for division, *sides in connection.execute(OWN, [indicator.indicator, period]).fetchall():
            counted = TWINS[indicator.indicator].compute(region, division, period)
            twin = [float(counted[side].sum()) for side in ("numerator", "denominator")]
            if [round(side, 6) for side in sides] != [round(side, 6) for side in twin]:
                yield indicator.indicator, division, tuple(sides), tuple(twin)


def count_cells(connection: duckdb.DuckDBPyConnection, period: str) -> int:
    """How many cells of reporters the twins are asked about."""
    return sum(
        len(connection.execute(OWN, [one.indicator, period]).fetchall())
        for one in load_catalogue().indicators if one.indicator not in OF_ATTEMPTS
    )  # fmt: skip


