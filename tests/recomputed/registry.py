"""Which function recomputes which indicator.

    @recomputes("rectified_on_time_share")
    def rectified_on_time(region, division, month):
        ...
        return parts(rows, numerator, denominator)

A twin answers for one reporter's own organisations at one month; adding up, grouping and outcomes are common to all.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from tests.recomputed.region import Region

Parts = pd.DataFrame  # organisation_code, numerator, denominator: one row per thing counted
Compute = Callable[[Region, str, str], Parts]


@dataclass(frozen=True)
class Twin:
    """The recomputation of one indicator; `of_organisations` is False where nothing it counts is an organisation's."""

    compute: Compute
    of_organisations: bool = True


TWINS: dict[str, Twin] = {}


def recomputes(indicator: str, *, of_organisations: bool = True) -> Callable[[Compute], Compute]:
    """Register the function as the twin of an indicator."""
    def register(compute: Compute) -> Compute:
        if indicator in TWINS:
            raise ValueError(f"{indicator} has two twins: {TWINS[indicator].compute.__name__}, {compute.__name__}")
        TWINS[indicator] = Twin(compute, of_organisations)
        return compute

    return register
