"""What each step did to which cell, collected into one tidy table."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = ("step", "code", "unit", "before", "after", "why")


class StepLog:
    """Lines in the order in which the steps wrote them. A line about a whole indicator or unit has no other side."""

    def __init__(self) -> None:
        self._lines: list[dict[str, Any]] = []

    def note(self, step: str, why: str, *, code: str | None = None, unit: Any = None, before: float = np.nan,
             after: float = np.nan) -> None:
        """One line."""
        self._lines.append({"step": step, "code": code, "unit": unit, "before": before, "after": after, "why": why})

    def changes(self, step: str, why: str, before: pd.DataFrame, after: pd.DataFrame) -> None:
        """One line per cell that differs (missing equals missing)."""
        old, new = before.to_numpy(float), after.to_numpy(float)
        rows, columns = np.nonzero(~((old == new) | (np.isnan(old) & np.isnan(new))))
        codes, units = after.columns.to_numpy(), after.index.to_numpy()
        for row, column in zip(rows, columns, strict=True):
            self.note(step, why, code=codes[column], unit=units[row], before=old[row, column], after=new[row, column])

    def cells(self, step: str, why: str, code: str, units: Sequence[Any] | pd.Index) -> None:
        """One line per unit about one code."""
        for unit in units:
            self.note(step, why, code=code, unit=unit)

    def frame(self) -> pd.DataFrame:
        """The table: step, code, unit, before, after, why."""
        return pd.DataFrame(self._lines, columns=list(COLUMNS)).astype({"before": float, "after": float})
