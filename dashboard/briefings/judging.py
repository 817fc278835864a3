"""Whether a change is more than its interval: the one rule by which briefings speak of better and worse."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.formats import is_missing
from dashboard.frames import Record, records


def is_clear(cell: Mapping[str, Any]) -> bool:
    """Whether each of both values lies outside the other's interval; never where a bound is missing."""
    needed = [cell[name] for name in ("value", "lower", "upper", "value_before", "lower_before", "upper_before")]
    if any(is_missing(number) for number in needed):
        return False
    value, lower, upper, before, lower_before, upper_before = map(float, needed)
    return not lower <= before <= upper and not lower_before <= value <= upper_before


@dataclass(frozen=True)
class Changes:
    """Cells by what became of them since the earlier month."""

    better: tuple[Record, ...]
    worse: tuple[Record, ...]
    steady: tuple[Record, ...]

    @property
    def compared(self) -> int:
        """How many cells have a value in both months."""
        return len(self.better) + len(self.worse) + len(self.steady)


def judge_changes(cells_frame: pd.DataFrame) -> Changes:
    """The cells with a value in both months, the largest change against its interval first."""
    cells = [cell for cell in records(cells_frame) if cell["change"] is not None]
    clear = sorted((cell for cell in cells if is_clear(cell)), key=_size, reverse=True)
    return Changes(
        tuple(cell for cell in clear if cell["is_better"] is True),
        tuple(cell for cell in clear if cell["is_better"] is False),
        tuple(cell for cell in cells if not is_clear(cell)),
    )


def _size(cell: Record) -> float:
    """The change in widths of the interval, so that shares, rates and days can be put in one order."""
    return abs(float(cell["change"])) / max(float(cell["upper"]) - float(cell["lower"]), 1e-9)
