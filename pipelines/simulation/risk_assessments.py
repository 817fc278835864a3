"""Risk assessments of organisations (Art. 22, 38): made now and then, each risk closed in its time or past due."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data_contracts.periods import month_range, period_end, period_start
from pipelines.simulation.contents import Row, Simulated, World
from pipelines.simulation.draws import draw_between, draw_day, draw_delay, draw_weighted, month_of
from pipelines.simulation.organisations import Organisation
from pipelines.simulation.settings import load


@dataclass(frozen=True)
class Assessment:
    """One assessment; for each risk found the day it was due and the day it was closed."""

    code: str
    organisation_code: str
    kind: str
    assessed_on: date
    conducted_by: str
    system_count: int
    secret_system_count: int
    uses_own_facility: bool
    covers_new_technology: bool
    high_count: int
    risks: tuple[tuple[date, date], ...]
    next_due_on: date | None

    @property
    def settled_on(self) -> date:
        """When the last risk was closed; the day of the assessment where there was none."""
        return max((closed for _, closed in self.risks), default=self.assessed_on)


def make_assessments(world: World, rng: np.random.Generator) -> list[Assessment]:
    """All assessments of a reporter over the months of its traits, in order of time."""
    traits, standing = world.traits, world.standing
    with_facility = {one.organisation_code for one in world.things["self_monitoring_facilities"]}
    # who runs a system is who has to assess it; the few others assess what they plan or use of somebody else
    holders = [one for one in standing if one.code in with_facility]
    holder_chance = load("region")["risk_assessments"]["holder_chance"]
    numbers: dict[str, int] = {}
    assessments = []
    for month in month_range(traits.months[0], traits.months[-1]):
        mean = len(standing) * traits.rate("assessments_per_organisation", month)
        days = sorted(draw_day(period_start(month), period_end(month), rng) for _ in range(int(rng.poisson(mean))))
        for day in days:
            among = holders if holders and rng.random() < holder_chance else standing
            one = among[int(rng.integers(len(among)))]
            numbers[one.code] = numbers.get(one.code, 0) + 1
            code = f"FX-{one.code[2:]}-{numbers[one.code]:04d}"
            assessments.append(_assessment(world, code, one, day, one.code in with_facility, rng))
    return assessments


def _assessment(
    world: World, code: str, one: Organisation, day: date, has_facility: bool, rng: np.random.Generator
) -> Assessment:
    settings, traits = load("region")["risk_assessments"], world.traits
    systems = draw_between(settings["systems"], rng)
    kind = draw_weighted(settings["kind_weights"], rng)
    count = int(rng.poisson(settings["risks_per_system"] * systems)) if rng.random() < settings["found_chance"] else 0
    risks = []
    for _ in range(count):
        due = day + timedelta(days=draw_between(settings["term_days"], rng))
        is_prompt = rng.random() < traits.chance("risk_closed_on_time", month_of(day))
        risks.append((due, draw_day(day, due, rng) if is_prompt else due + draw_delay(settings["late_days"], rng)))
    has_next = rng.random() < settings["next_chance"]
    return Assessment(
        code=code,
        organisation_code=one.code,
        kind=kind,
        assessed_on=day,
        conducted_by=draw_weighted(settings["conducted_weights"], rng),
        system_count=systems,
        secret_system_count=int(rng.binomial(systems, settings["secret_share"])),
        uses_own_facility=has_facility and rng.random() < settings["own_facility_chance"],
        covers_new_technology=kind == "new_technology" or rng.random() < settings["new_technology_chance"],
        high_count=int(rng.binomial(count, settings["high_share"])),
        risks=tuple(risks),
        next_due_on=day + timedelta(days=draw_between(settings["next_days"], rng)) if has_next else None,
    )


def assessment_rows(assessments: list[Assessment], quarter: str, since: date) -> list[Row]:
    """The ledger of a quarter: made in it, or with a risk that was still open after `since`."""
    day = period_end(quarter)
    return [
        {
            "assessment_code": one.code,
            "organisation_code": one.organisation_code,
            "assessment_kind": one.kind,
            "assessed_on": one.assessed_on,
            "conducted_by": one.conducted_by,
            "system_count": one.system_count,
            "secret_system_count": one.secret_system_count,
            "uses_own_facility": one.uses_own_facility,
            "covers_new_technology": one.covers_new_technology,
            "risk_found_count": len(one.risks),
            "risk_high_count": one.high_count,
            "risk_closed_count": sum(closed <= day for _, closed in one.risks),
            "risk_past_due_count": sum(due < day < closed for due, closed in one.risks),
            "next_due_on": one.next_due_on,
        }
        for one in assessments
        if one.assessed_on <= day and one.settled_on > since
    ]


SIMULATED = Simulated(
    "risk_assessments",
    make_assessments,
    lambda assessments, ask: assessment_rows(assessments, ask.period, ask.since),
)
