"""How a contract is simulated: one module per contract (or pair), one `Simulated` record each, listed in `registry`.

To simulate a contract, write a module that ends in

    SIMULATED = Simulated("tips", receive_tips, lambda tips, ask: tip_rows(tips, ask.period, ask.since))

and append its record to `registry.SIMULATED`. The rules:

- `found(world, rng)` draws, once per reporter, everything that will ever happen, with every date it will ever have.
  What an earlier record of the registry founded stands in `world.things[<its contract>]`.
- `rows(founded, ask)` gives the honest rows of one filing, typed by the contract's columns, without `explanation`:
  only what has come by the period's end (`draws.known_by`), never a row that breaks a mandatory check.
  Ledgers give what is open or has changed after `ask.since` (the last day that an accepted filing covers).
  Rows refer only to organisations in `ask.known`, or to standing ones, which are in every register. A row of another
  ledger may be named as long as that ledger would hold it too: open, or changed since it was accepted last.
- A query that an honest row can raise by itself has its condition in `explanations.CONDITIONS`; one that looks at the
  whole filing or at what is on file, in `explanations.LOOKING_BACK`. Both have their answers in `clerks.yaml`.
- A query that some row of the contract can be made to raise is in `slips._PROVOKED`, for the slip `unexplained_query`.
- Numbers and chances are data in `region.yaml` and `duties.yaml`, never in the code.

Each record draws from its own child of the reporter's seed, by its place in the registry: append, do not insert.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.simulation.traits import Reporter, Traits

if TYPE_CHECKING:
    from pipelines.simulation.organisations import Organisation

Row = dict[str, Any]


@dataclass(frozen=True)
class World:
    """One reporter's hidden world for the months `first` … `last`; `things` is what was founded so far, by contract."""

    reporter: Reporter
    traits: Traits
    first: str
    last: str
    things: dict[str, Any] = field(default_factory=dict)

    @property
    def organisations(self) -> "list[Organisation]":
        """All organisations over the whole time."""
        organisations: list[Organisation] = self.things["organisations"]
        return organisations

    @property
    def standing(self) -> "list[Organisation]":
        """Those that stand in every register, so that ledgers may refer to them at any time."""
        return [one for one in self.organisations if one.is_standing]


@dataclass(frozen=True)
class Ask:
    """What a clerk wants to file: a period, and what it may refer to.

    `since` is the last day that an accepted filing of the contract covers; `known` holds the codes of the register of
    organisations accepted last.
    """

    period: str
    since: date
    known: set[str]
    world: World
    rng: np.random.Generator


@dataclass(frozen=True)
class Simulated:
    """How one contract is simulated."""

    contract: str
    found: Callable[[World, np.random.Generator], Any]
    rows: Callable[[Any, Ask], list[Row]]


def nothing(_: World, __: np.random.Generator) -> None:
    """For contracts with no hidden things of their own: their rows are drawn when they are asked for."""
