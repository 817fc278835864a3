"""What tallies have in common: a hidden series of figures per organisation, so that one period carries on another."""

from collections.abc import Callable, Iterator

import numpy as np

from data_contracts.contract import Frequency
from data_contracts.periods import last_month, period_end, periods_between
from pipelines.simulation.contents import Ask, Row, World
from pipelines.simulation.organisations import Organisation

# Code of the organisation → period → figures.
Series = dict[str, dict[str, Row]]
# Figures of one organisation, period by period.
Figures = Callable[[Organisation, World, list[str], np.random.Generator], Iterator[Row]]


def draw_series(figures: Figures, frequency: Frequency) -> Callable[[World, np.random.Generator], Series]:
    """`found` of a tally: the figures of every organisation for every period that ends within the time."""

    def found(world: World, rng: np.random.Generator) -> Series:
        periods = periods_between(world.first, world.last, frequency)
        return {
            one.code: dict(zip(periods, figures(one, world, periods, rng), strict=True)) for one in world.organisations
        }

    return found


def series_rows(series: Series, ask: Ask) -> list[Row]:
    """`rows` of a tally: one row per organisation that the reporter knows and that exists at the period's end."""
    day = period_end(ask.period)
    return [
        {"organisation_code": one.code, **series[one.code][ask.period]}
        for one in ask.world.organisations
        if one.code in ask.known and one.exists_on(day)
    ]


def own_chance(world: World, name: str, period: str, rng: np.random.Generator) -> float:
    """The reporter's chance in a period, a little different from organisation to organisation."""
    return min(1.0, max(0.0, world.traits.chance(name, last_month(period)) + 0.05 * float(rng.standard_normal())))
