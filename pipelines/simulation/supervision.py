"""All that one reporter supervises, and the honest rows it would file for any contract and period."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from pipelines.simulation.contents import Ask, Row, World
from pipelines.simulation.explanations import explain
from pipelines.simulation.registry import SIMULATED
from pipelines.simulation.traits import Reporter, Traits, draw_traits

if TYPE_CHECKING:
    from pipelines.simulation.facilities import Facility
    from pipelines.simulation.findings import Finding
    from pipelines.simulation.incidents import Incident
    from pipelines.simulation.organisations import Organisation
    from pipelines.simulation.qualified_units import QualifiedUnit

_ROWS = {one.contract: one.rows for one in SIMULATED}


@dataclass(frozen=True)
class Supervision:
    """One reporter's hidden world; `rows` is the only thing that a clerk sees of it."""

    world: World

    def rows(self, contract: str, period: str, since: date, known: set[str], rng: np.random.Generator) -> list[Row]:
        """Honest rows of a filing, typed, with `explanation`; the arguments are those of `Ask`."""
        if contract not in _ROWS:
            raise KeyError(f"模拟地区没有合同 {contract} 的数据")
        ask = Ask(period, since, known, self.world, rng)
        return explain(contract, _ROWS[contract](self.world.things[contract], ask), period, rng)

    @property
    def reporter(self) -> Reporter:
        """Whose world it is."""
        return self.world.reporter

    @property
    def traits(self) -> Traits:
        """The reporter's hidden traits and troubles."""
        return self.world.traits

    @property
    def organisations(self) -> "list[Organisation]":
        """All organisations over the whole time."""
        return self.world.organisations

    @property
    def facilities(self) -> "list[Facility]":
        """All self-monitoring facilities."""
        facilities: list[Facility] = self.world.things["self_monitoring_facilities"]
        return facilities

    @property
    def units(self) -> "list[QualifiedUnit]":
        """All units with a qualification."""
        units: list[QualifiedUnit] = self.world.things["qualified_units"]
        return units

    @property
    def findings(self) -> "list[Finding]":
        """All findings over the whole time."""
        findings: list[Finding] = self.world.things["findings"]
        return findings

    @property
    def incidents(self) -> "list[Incident]":
        """All incidents over the whole time."""
        incidents: list[Incident] = self.world.things["incidents"]
        return incidents


def found_supervision(reporter: Reporter, first: str, last: str, seed: np.random.SeedSequence, *,
                      is_in_control: bool = False) -> Supervision:
    """The hidden world of a reporter for the months `first` … `last`, the same for the same seed.

    `is_in_control`: a world without troubles.
    """
    of_traits, *of_things = (np.random.default_rng(child) for child in seed.spawn(1 + len(SIMULATED)))
    world = World(reporter, draw_traits(reporter, first, last, of_traits, is_in_control=is_in_control), first,
                  last)
    for one, rng in zip(SIMULATED, of_things, strict=True):
        world.things[one.contract] = one.found(world, rng)
    return Supervision(world)
