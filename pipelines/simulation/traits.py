"""Who the reporters are underneath: traits that drift, troubles that strike, and the chances that follow.

A trait is a base drawn once plus a first-order autoregressive drift; a chance is a logistic function of traits and
troubles. Nothing of this is filed: it is what the indicators should bring to light, and is written to truth.json.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data_contracts.periods import add_months, month_range
from pipelines.simulation.draws import draw_between
from pipelines.simulation.settings import load


@dataclass(frozen=True)
class Reporter:
    """A reporting division: `kind` is region, prefecture, county or corps_division.

    `scale` multiplies its organisations, and with them everything that is filed on them.
    """

    code: str
    name: str
    short_name: str
    kind: str
    scale: int = 1

    @property
    def spoken_name(self) -> str:
        """Name in organisation names: a 兵团 division with its city, the region as 自治区."""
        corps = load("names")["corps_names"].get(self.code)
        return str(corps["name"]) if corps else self.name


@dataclass(frozen=True)
class Trouble:
    """A planted change: months `first` … `last` (inclusive), strength 0–1; an improvement stays after `last`."""

    division_code: str
    kind: str
    first: str
    last: str
    strength: float

    def strength_at(self, month: str) -> float:
        """Strength in a month: constant for a trouble, growing and then lasting for an improvement."""
        if not load("region")["troubles"][self.kind].get("is_improvement"):
            return self.strength if self.first <= month <= self.last else 0.0
        passed = len(month_range(self.first, month))
        return self.strength * min(1.0, passed / len(month_range(self.first, self.last)))

    def as_truth(self) -> dict[str, Any]:
        """The record in truth.json."""
        described = load("region")["troubles"][self.kind]
        return {
            "division_code": self.division_code,
            "kind": self.kind,
            "title": described["title"],
            "from": self.first,
            "to": self.last,
            "strength": round(self.strength, 2),
            "indicators": described["indicators"],
            "is_improvement": bool(described.get("is_improvement")),
        }


@dataclass(frozen=True)
class Traits:
    """Traits of one reporter by month, and its troubles."""

    months: tuple[str, ...]
    levels: dict[str, np.ndarray]
    troubles: tuple[Trouble, ...] = field(default=())

    def chance(self, name: str, month: str) -> float:
        """Probability of `name` (a key of `chances` in region.yaml) in a month."""
        described = load("region")["chances"][name]
        score = math.log(described["base"] / (1 - described["base"])) + self._push(name, described, month)
        return 1 / (1 + math.exp(-score))

    def rate(self, name: str, month: str) -> float:
        """Mean count of `name` (a key of `rates` in region.yaml) in a month."""
        described = load("region")["rates"][name]
        return float(described["base"] * math.exp(self._push(name, described, month)))

    def _push(self, name: str, described: dict[str, float], month: str) -> float:
        place = min(max(self.months.index(month), 0), len(self.months) - 1) if month in self.months else 0
        pull = sum(weight * self.levels[trait][place] for trait, weight in described.items() if trait != "base")
        effects = load("region")["troubles"]
        return float(
            pull
            + sum(
                trouble.strength_at(month) * effects[trouble.kind]["effects"].get(name, 0.0)
                for trouble in self.troubles
            )
        )


def draw_traits(reporter: Reporter, first: str, last: str, rng: np.random.Generator, *,
                is_in_control: bool = False) -> Traits:
    """Traits of a reporter for the months before and within `first` … `last`, with planned and random troubles.

    `is_in_control`: without any trouble; all else is drawn as it would be with them.
    """
    region = load("region")
    months = tuple(month_range(add_months(first, -region["history_months"]), last))
    levels = {}
    for name, described in region["traits"].items():
        drawn = region["kinds"][reporter.kind][name] + described["spread"] * rng.standard_normal()
        base = region["named"].get(reporter.code, {}).get(name, drawn)
        levels[name] = base + _drift(len(months), described["memory"], described["monthly_noise"], rng)
    troubles = [] if is_in_control else _draw_troubles(reporter, first, last, rng)
    return Traits(months, levels, tuple(troubles))


def _drift(count: int, memory: float, noise: float, rng: np.random.Generator) -> np.ndarray:
    steps, drift = rng.standard_normal(count) * noise, np.zeros(count)
    for place in range(1, count):
        drift[place] = memory * drift[place - 1] + steps[place]
    return drift


def _draw_troubles(reporter: Reporter, first: str, last: str, rng: np.random.Generator) -> list[Trouble]:
    """Planned troubles of a reporter; random ones only where none is planned, so that each can be told apart."""
    planned = [
        Trouble(
            reporter.code,
            entry["kind"],
            add_months(last, -entry["from"]),
            add_months(last, -entry["to"]),
            entry["strength"],
        )
        for entry in load("region")["planned"]
        if entry["division"] == reporter.code
    ]
    drawn = []
    for kind, described in load("region")["troubles"].items():
        strikes, length = rng.random() < described["chance"], draw_between(described["months"], rng)
        span = len(month_range(first, last))
        start, strength = int(rng.integers(0, max(1, span - 2))), float(rng.uniform(*described["strength"]))
        begin = max(add_months(first, start), described.get("not_before", first))
        can_strike = reporter.kind in described.get("kinds", (reporter.kind,)) and begin <= add_months(last, -2)
        if strikes and can_strike:
            drawn.append(Trouble(reporter.code, kind, begin, min(last, add_months(begin, length - 1)), strength))
    return planned or drawn
