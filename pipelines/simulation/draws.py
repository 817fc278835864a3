"""Small random draws that every part of the region uses; all take the generator, none keeps state."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")


def month_of(day: date) -> str:
    """The month a day lies in, as a period: `2026-09`."""
    return f"{day.year:04d}-{day.month:02d}"


def draw_weighted(weights: Mapping[str, float], rng: np.random.Generator) -> str:
    """A key, with probability proportional to its weight."""
    shares = np.array(list(weights.values()), dtype=float)
    return list(weights)[int(rng.choice(len(shares), p=shares / shares.sum()))]


def draw_between(bounds: Sequence[int], rng: np.random.Generator) -> int:
    """A whole number from `bounds` = (low, high), both included."""
    return int(rng.integers(bounds[0], bounds[1], endpoint=True))


def draw_day(first: date, last: date, rng: np.random.Generator) -> date:
    """A day between two days, both included; `first` where `last` is earlier."""
    return first + timedelta(days=int(rng.integers(0, max(0, (last - first).days), endpoint=True)))


def draw_delay(described: Mapping[str, float], rng: np.random.Generator) -> timedelta:
    """A log-normal delay of at least one day, by `median` (days) and `spread` (of the logarithm)."""
    return timedelta(
        days=max(1, round(described["median"] * float(np.exp(described["spread"] * rng.standard_normal()))))
    )


def draw_some(items: Sequence[Item], count: int, rng: np.random.Generator) -> list[Item]:
    """`count` items without repeating (all, where there are fewer), in their given order."""
    places = rng.choice(len(items), size=min(count, len(items)), replace=False)
    return [items[place] for place in sorted(places)]


def known_by(day: date | None, as_of: date) -> date | None:
    """The day if it has come by `as_of`, else None: nobody files what has not happened."""
    return day if day is not None and day <= as_of else None
