"""One series of a native chart."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    """Values with a colour, or one for each point; `width` in points is that of a line."""

    name: str
    values: Sequence[float | int | None]
    colour: str | None = None
    points: Sequence[str] = ()
    width: float = 2.0
    is_dashed: bool = False
