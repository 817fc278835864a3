"""Units with a secrecy qualification (Art. 26): terms that run out, renewals that come late or never."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data_contracts.periods import period_end, period_start
from pipelines.simulation.contents import Row, Simulated
from pipelines.simulation.draws import draw_between, draw_day, draw_weighted, known_by, month_of
from pipelines.simulation.settings import load
from pipelines.simulation.traits import Reporter, Traits


@dataclass(frozen=True)
class Term:
    """One validity term of a qualification, and the day it was suspended, if ever."""

    issued_on: date
    expires_on: date
    suspended_on: date | None


@dataclass(frozen=True)
class QualifiedUnit:
    """A unit with its terms in order of time and its usual number of live commissions."""

    code: str
    name: str
    business: str
    grade: str
    terms: tuple[Term, ...]
    commission_count: int


def enrol_units(
    reporter: Reporter, traits: Traits, first: str, last: str, rng: np.random.Generator
) -> list[QualifiedUnit]:
    """The units under one reporter's eye; none for most counties, which then file a nil return."""
    settings, names = load("region")["qualified_units"], load("names")["unit_names"]
    weights = settings["count_weights"][reporter.kind]
    count = int(draw_weighted({str(number): weight for number, weight in enumerate(weights)}, rng))
    firsts = rng.permutation(names["first"])
    units = []
    for number in range(1, count + 1):
        business = draw_weighted(settings["business_weights"], rng)
        second = names["second"][business]
        units.append(
            QualifiedUnit(
                code=f"ZZ{reporter.code}{number:02d}",
                name=f"{firsts[number]}{second[int(rng.integers(len(second)))]}",
                business=business,
                grade=draw_weighted(settings["grade_weights"], rng),
                terms=tuple(_terms(settings["validity_years"][business], traits, first, last, rng)),
                commission_count=draw_between(settings["commissions"], rng),
            )
        )
    return units


def _terms(years: int, traits: Traits, first: str, last: str, rng: np.random.Generator) -> list[Term]:
    length, end = timedelta(days=365 * years - 1), period_end(last)
    issued = draw_day(period_start(first) - length, period_start(first), rng)
    terms = []
    while issued <= end:
        expires = issued + length
        is_renewed = rng.random() < traits.chance("qualification_renewed", month_of(expires))
        is_suspended = rng.random() < traits.chance("qualification_suspended", month_of(expires))
        pause = timedelta(days=1 if is_renewed else draw_between((90, 330), rng))
        suspended = expires + timedelta(days=draw_between((5, 45), rng)) if is_suspended and not is_renewed else None
        terms.append(Term(issued, expires, suspended))
        issued = expires + pause
    return terms


def unit_rows(units: list[QualifiedUnit], quarter: str) -> list[Row]:
    """The register at the quarter's end; a suspended unit has no live commission left."""
    day = period_end(quarter)
    rows = []
    for number, one in enumerate(units):
        term = next(term for term in reversed(one.terms) if term.issued_on <= day or term is one.terms[0])
        suspended = known_by(term.suspended_on, day)
        swing = (number * 7 + day.month + day.year) % 3 - 1
        rows.append(
            {
                "unit_code": one.code,
                "unit_name": one.name,
                "business": one.business,
                "grade": one.grade,
                "issued_on": term.issued_on,
                "expires_on": term.expires_on,
                "suspended_on": suspended,
                "live_commission_count": 0 if suspended else max(0, one.commission_count + swing),
            }
        )
    return rows


SIMULATED = Simulated(
    "qualified_units",
    lambda world, rng: enrol_units(world.reporter, world.traits, world.first, world.last, rng),
    lambda units, ask: unit_rows(units, ask.period),
)
