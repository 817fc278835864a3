"""Self-monitoring facilities (Art. 22): planned, built and in use beside their systems, and told to the bureau."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data_contracts.periods import month_range, period_end, period_start
from pipelines.simulation.contents import Row, Simulated
from pipelines.simulation.draws import draw_between, draw_day, draw_delay, draw_weighted, known_by, month_of
from pipelines.simulation.organisations import Organisation
from pipelines.simulation.settings import load
from pipelines.simulation.traits import Reporter, Traits


@dataclass(frozen=True)
class Facility:
    """One facility with every date it will ever have; what is filed is what has come by the period's end."""

    code: str
    organisation_code: str
    mode: str
    planned_on: date
    built_on: date
    in_use_on: date
    system_in_use_on: date
    filed_on: date | None
    uses_new_technology: bool
    meets_rules: bool


def build_facilities(
    reporter: Reporter,
    organisations: list[Organisation],
    traits: Traits,
    first: str,
    last: str,
    rng: np.random.Generator,
) -> list[Facility]:
    """Facilities of the standing organisations, old ones and those that come into use in the months simulated."""
    settings = load("region")["facilities"]
    months = month_range(first, last)
    odds = np.array([chance / (1 - chance) for chance in (traits.chance("facility_new", month) for month in months)])
    facilities = []
    for one in organisations:
        if not one.is_standing or one.is_temporary or rng.random() >= settings["organisation_share"][reporter.kind]:
            continue
        for number in range(1, 2 + int(rng.random() < settings["second_chance"])):
            is_new = rng.random() < odds.mean() / (1 + odds.mean())
            in_use = _day_in(months, odds, rng) if is_new else draw_day(date(2017, 1, 1), period_start(first), rng)
            facilities.append(_facility(f"SS-{one.code[2:]}-{number:02d}", one, in_use, is_new, traits, rng))
    return facilities


def _day_in(months: Sequence[str], odds: np.ndarray, rng: np.random.Generator) -> date:
    """A day in one of these months, more likely where more comes into use."""
    month = months[int(rng.choice(len(months), p=odds / odds.sum()))]
    return draw_day(period_start(month), period_end(month), rng)


def _facility(
    code: str, one: Organisation, in_use: date, is_new: bool, traits: Traits, rng: np.random.Generator
) -> Facility:
    settings, month = load("region")["facilities"], month_of(in_use)
    built = in_use - timedelta(days=draw_between((10, 60), rng))
    is_synchronous = rng.random() < traits.chance("facility_synchronous", month)
    gap = timedelta(days=draw_between((0, 30), rng) if is_synchronous else draw_between((15, 220), rng))
    delay = None
    if rng.random() < traits.chance("facility_filed_ever", month):
        is_prompt = rng.random() < traits.chance("facility_filed_promptly", month)
        prompt = timedelta(days=draw_between(settings["prompt_days"], rng))
        delay = prompt if is_prompt else draw_delay(settings["slow_days"], rng)
    return Facility(
        code=code,
        organisation_code=one.code,
        mode=draw_weighted(settings["mode_weights"], rng),
        planned_on=built - timedelta(days=draw_between((60, 240), rng)),
        built_on=built,
        in_use_on=in_use,
        system_in_use_on=in_use + gap if is_synchronous else in_use - gap,
        filed_on=in_use + delay if delay is not None else None,
        uses_new_technology=rng.random() < settings["new_technology"]["new" if is_new else "base"],
        meets_rules=rng.random() < settings["meets_rules_chance"],
    )


def facility_rows(facilities: list[Facility], quarter: str) -> list[Row]:
    """The register at the quarter's end: facilities already planned, with the dates that have come."""
    day = period_end(quarter)
    return [
        {
            "facility_code": one.code,
            "organisation_code": one.organisation_code,
            "mode": one.mode,
            "planned_on": one.planned_on,
            "built_on": known_by(one.built_on, day),
            "in_use_on": known_by(one.in_use_on, day),
            "system_in_use_on": known_by(one.system_in_use_on, day),
            "filed_on": known_by(one.filed_on, day),
            "uses_new_technology": one.uses_new_technology,
            "meets_new_technology_rules": one.meets_rules if one.uses_new_technology else None,
        }
        for one in facilities
        if one.planned_on <= day
    ]


SIMULATED = Simulated(
    "self_monitoring_facilities",
    lambda world, rng: build_facilities(
        world.reporter, world.organisations, world.traits, world.first, world.last, rng
    ),
    lambda facilities, ask: facility_rows(facilities, ask.period),
)
