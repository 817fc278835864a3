"""What the drawers of a region share."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from data_contracts.periods import period_end

Row = dict[str, Any]
# dice, reporter, its organisations, first and last month → rows by contract, each with division_code and period
Draw = Callable[[random.Random, str, list[str], str, str], dict[str, list[Row]]]


def near(dice: random.Random, period: str, days: int, may_lack: float = 0.0) -> date | None:
    """A day around the period's end, often the end itself."""
    if dice.random() < may_lack:
        return None
    return period_end(period) + timedelta(days=dice.choice([0, 0, 1, -1, dice.randint(-days, days)]))
