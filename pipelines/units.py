"""Numbers with a unit written to them: in a cell (12 万元) or in its header (经费（元）)."""

import math
import re
import unicodedata
from typing import Any

from data_contracts.contract import Column
from pipelines.identification import normalise

_NUMBER_WITH_UNIT = re.compile(r"^\s*([+-]?[\d,]*\d(?:\.\d+)?)\s*([^\d\s.,%+-][^\d\s]{0,5})\s*$")
# Far finer than any unit is filed, and free of the noise of 0.0001 × 3.
_DECIMALS = 10


class ConvertedNumber(float):
    """A number brought to its column's unit; `filed` is what stood in the cell."""

    filed: str

    def __new__(cls, value: float, filed: str) -> "ConvertedNumber":
        """The number, and what was filed."""
        number = super().__new__(cls, value)
        number.filed = filed
        return number

    def __reduce__(self) -> tuple[type, tuple[float, str]]:
        return type(self), (float(self), self.filed)

    def __str__(self) -> str:
        return self.filed


def unit_factor(column: Column, unit: str) -> float | None:
    """By what a number in this unit is multiplied to be in the column's own; None for a unit it does not know."""
    wanted = _plain(unit)
    if wanted == _plain(column.unit or ""):
        return 1.0
    return next((factor for known, factor in column.units if _plain(known) == wanted), None)


def _plain(unit: str) -> str:
    return normalise(unit).lower()


def bring_to_unit(column: Column, cell: Any, factor: float) -> Any:
    """A cell in the column's unit; `factor` is that of the unit in its header. What is no number stays as it is."""
    if isinstance(cell, str):
        match = _NUMBER_WITH_UNIT.match(unicodedata.normalize("NFKC", cell))
        own = unit_factor(column, match[2]) if match else None
        if match and own is not None:
            return _converted(float(match[1].replace(",", "")) * own, cell)
        if factor == 1.0:
            return cell
        try:
            return _converted(float(unicodedata.normalize("NFKC", cell).replace(",", "")) * factor, cell)
        except ValueError:
            return cell
    if factor == 1.0 or isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell):
        return cell
    return _converted(cell * factor, f"{cell:g}" if cell != int(cell) else f"{cell:.0f}")


def _converted(value: float, filed: str) -> ConvertedNumber:
    return ConvertedNumber(round(value, _DECIMALS), filed)
