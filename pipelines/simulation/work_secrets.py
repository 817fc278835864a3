"""Lists of work secrets (Art. 43): drawn up, filed with the bureau and the superior, reviewed, brought up to date."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data_contracts.periods import last_month, period_end
from pipelines.simulation.contents import Ask, Row, Simulated, World
from pipelines.simulation.draws import draw_between, draw_day, draw_delay, known_by, month_of
from pipelines.simulation.settings import load


@dataclass(frozen=True)
class Edition:
    """One edition of a list, with every date it will ever have."""

    number: int
    item_count: int
    effective_on: date
    filed_here_on: date | None
    filed_with_superior_on: date | None
    reviewed_on: tuple[date, ...]


@dataclass(frozen=True)
class WorkSecretList:
    """The list of one organisation; `measures_luck` is compared with the chance of the month."""

    code: str
    organisation_code: str
    follows_sector_scope: bool
    has_marking_rules: bool
    has_facility: bool
    measures_luck: float
    system_count: int
    systems_tested_count: int
    editions: tuple[Edition, ...]


def draw_up_lists(world: World, rng: np.random.Generator) -> list[WorkSecretList]:
    """The lists of the standing organisations that have one, or will have one within the time."""
    settings, traits = load("duties")["work_secret_lists"], world.traits
    monitored = {facility.organisation_code for facility in world.things["self_monitoring_facilities"]}
    lists = []
    for one in world.standing:
        if one.is_temporary or rng.random() >= traits.chance("list_drawn_up", world.last):
            continue
        systems = draw_between(settings["systems"], rng)
        lists.append(
            WorkSecretList(
                code=f"QD-{one.code[2:]}-01",
                organisation_code=one.code,
                follows_sector_scope=rng.random() < settings["sector_scope_chance"],
                has_marking_rules=rng.random() < traits.chance("routine_duty", world.last),
                has_facility=one.code in monitored,
                measures_luck=rng.random(),
                system_count=systems,
                systems_tested_count=int(rng.binomial(systems, settings["tested_chance"])),
                editions=tuple(_editions(world, rng)),
            )
        )
    return lists


def _editions(world: World, rng: np.random.Generator) -> list[Edition]:
    settings, end = load("duties")["work_secret_lists"], period_end(world.last)
    effective, items = draw_day(date(2023, 3, 1), end, rng), draw_between(settings["items"], rng)
    editions: list[Edition] = []
    while effective <= end:
        until = effective + timedelta(days=draw_between(settings["edition_days"], rng))
        month = month_of(effective)
        here = _filed_after(effective, rng) if rng.random() < world.traits.chance("list_filed", month) else None
        has_superior = rng.random() < settings["superior_chance"] * world.traits.chance("list_filed", month)
        editions.append(
            Edition(
                number=len(editions) + 1,
                item_count=items,
                effective_on=effective,
                filed_here_on=here,
                filed_with_superior_on=_filed_after(effective, rng) if has_superior else None,
                reviewed_on=tuple(_reviews(effective, until, world, rng)),
            )
        )
        items = max(1, items + draw_between(settings["item_changes"], rng))
        effective = until
    return editions


def _filed_after(effective: date, rng: np.random.Generator) -> date:
    settings = load("duties")["work_secret_lists"]
    return effective + min(draw_delay(settings["filing_days"], rng), timedelta(days=settings["latest_filing_days"]))


def _reviews(effective: date, until: date, world: World, rng: np.random.Generator) -> list[date]:
    """Days on which an edition was held against changes in the work."""
    settings, day = load("duties")["work_secret_lists"], effective
    reviews = []
    while (day := day + timedelta(days=draw_between(settings["review_days"], rng))) < until:
        if rng.random() < world.traits.chance("routine_duty", month_of(day)):
            reviews.append(day)
    return reviews


def list_rows(lists: list[WorkSecretList], ask: Ask) -> list[Row]:
    """The register at the quarter's end: of each list the edition in force."""
    day, measured = period_end(ask.period), ask.world.traits.chance("routine_duty", last_month(ask.period))
    rows = []
    for one in lists:
        edition = next((each for each in reversed(one.editions) if each.effective_on <= day), None)
        if edition is None:
            continue
        rows.append(
            {
                "list_code": one.code,
                "organisation_code": one.organisation_code,
                "edition": edition.number,
                "item_count": edition.item_count,
                "follows_sector_scope": one.follows_sector_scope,
                "effective_on": edition.effective_on,
                "filed_here_on": known_by(edition.filed_here_on, day),
                "filed_with_superior_on": known_by(edition.filed_with_superior_on, day),
                "last_reviewed_on": max((each for each in edition.reviewed_on if each <= day), default=None),
                "has_marking_rules": one.has_marking_rules,
                "has_protection_measures": one.has_facility or one.measures_luck < measured,
                "system_count": one.system_count,
                "systems_tested_count": one.systems_tested_count,
            }
        )
    return rows


SIMULATED = Simulated("work_secret_lists", draw_up_lists, list_rows)
