"""Secret work given to qualified units: maintenance of secret systems (Art. 20), the four businesses (Art. 26)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from data_contracts.periods import month_range, period_end, period_start
from pipelines.simulation.contents import Ask, Row, Simulated, World
from pipelines.simulation.draws import draw_between, draw_day, draw_delay, draw_weighted, known_by, month_of
from pipelines.simulation.qualified_units import QualifiedUnit
from pipelines.simulation.settings import load

# A unit's count of live commissions in its register swings by one: from two on it is never nothing.
FEWEST_COMMISSIONS = 2


@dataclass(frozen=True)
class Entrusted:
    """What a contract and a commission have in common, with every date it will ever have."""

    code: str
    organisation_code: str
    business: str
    unit_code: str | None
    agreement_signed_on: date | None
    started_on: date
    ends_on: date
    told_bureau_on: date | None
    ended_on: date

    def is_on_file(self, ask: Ask) -> bool:
        """Whether the ledger of a month has it: it is live, or ended since the last accepted one."""
        return self.started_on <= period_end(ask.period) and self.ended_on > ask.since


@dataclass(frozen=True)
class Outsourced(Entrusted):
    """A contract on the maintenance of secret systems."""

    is_checked: bool
    is_bounded: bool
    has_measures: bool
    staff_count: int
    staff_signed_count: int


@dataclass(frozen=True)
class Commission(Entrusted):
    """A commission; `supervisions` are (day, problems found, days until they were mended)."""

    supervisions: tuple[tuple[date, int, int], ...]


def _begin(world: World, contract: str, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Everything entrusted over the whole time, in order of the day it began; never twice the same on one day."""
    settings, standing = load("duties")[contract], [one for one in world.standing if not one.is_temporary]
    numbers: dict[str, int] = {}
    seen: set[tuple[str, str | None, date]] = set()
    for month in month_range(world.traits.months[0], world.traits.months[-1]):
        count = int(rng.poisson(settings["per_month"][world.reporter.kind]))
        for day in sorted(draw_day(period_start(month), period_end(month), rng) for _ in range(count)):
            one = standing[int(rng.integers(len(standing)))]
            business = draw_weighted(settings["business_weights"], rng)
            unit = _pick_unit(world, business, rng)
            code = unit.code if unit else None
            numbers[one.code] = number = numbers.get(one.code, 0) + 1
            begun = _entrusted(contract, day, world, rng)
            if (one.code, code, day) in seen or number > settings["most"]:
                continue
            seen.add((one.code, code, day))
            name = f"{settings['prefix']}-{one.code[2:]}-{number:0{settings['digits']}d}"
            yield {"code": name, "organisation_code": one.code, "business": business, "unit_code": code, **begun}


def _pick_unit(world: World, business: str, rng: np.random.Generator) -> QualifiedUnit | None:
    """A unit of the reporter's own register that may do the work; None: one from elsewhere."""
    units: list[QualifiedUnit] = [
        unit
        for unit in world.things["qualified_units"]
        if unit.business == business
        and unit.commission_count >= FEWEST_COMMISSIONS
        and not any(term.suspended_on for term in unit.terms)
    ]
    is_here = rng.random() < load("duties")["entrusted"]["here_chance"]
    place = int(rng.integers(1 << 30))
    return units[place % len(units)] if units and is_here else None


def _entrusted(contract: str, day: date, world: World, rng: np.random.Generator) -> dict[str, Any]:
    settings, shared, month = load("duties")[contract], load("duties")["entrusted"], month_of(day)
    term = timedelta(days=draw_between(settings["term_days"], rng))
    told = None
    if rng.random() < world.traits.chance("bureau_told", month):
        is_prompt = rng.random() < world.traits.chance("bureau_told_promptly", month)
        prompt = timedelta(days=draw_between(shared["prompt_days"], rng))
        told = day + (prompt if is_prompt else draw_delay(shared["slow_days"], rng))
    is_signed = rng.random() < world.traits.chance("agreement_signed", month)
    before, after = (timedelta(days=draw_between(shared[name], rng)) for name in ("signed_before", "signed_after"))
    late_wrap_up = timedelta(days=draw_between(shared["wrap_up_days"], rng))
    is_late, is_cut = rng.random() < shared["late_end_chance"], rng.random() < shared["cut_chance"]
    ended = day + term + (late_wrap_up if is_late else timedelta())
    return {
        "agreement_signed_on": day - before if is_signed else (day + after if rng.random() < 0.5 else None),
        "started_on": day,
        "ends_on": day + term,
        "told_bureau_on": told,
        "ended_on": day + term * float(rng.uniform(0.3, 0.9)) if is_cut else ended,
    }


def outsource(world: World, rng: np.random.Generator) -> list[Outsourced]:
    """All maintenance contracts over the whole time."""
    settings, contracts = load("duties")["outsourced_operations"], []
    for begun in _begin(world, "outsourced_operations", rng):
        month, staff = month_of(begun["started_on"]), draw_between(settings["staff"], rng)
        signs = world.traits.chance("agreement_signed", month)
        contracts.append(
            Outsourced(
                **begun,
                is_checked=rng.random() < world.traits.chance("routine_duty", month),
                is_bounded=rng.random() < world.traits.chance("routine_duty", month),
                has_measures=rng.random() < world.traits.chance("routine_duty", month),
                staff_count=staff,
                staff_signed_count=staff if rng.random() < signs else int(rng.integers(0, staff)),
            )
        )
    return contracts


def outsourced_rows(contracts: list[Outsourced], ask: Ask) -> list[Row]:
    """The ledger of a month, with the state known on its last day."""
    day = period_end(ask.period)
    return [
        {
            "contract_code": one.code,
            "organisation_code": one.organisation_code,
            **_unit(one),
            "has_checked_qualification": one.is_checked,
            "has_bounded_scope": one.is_bounded,
            "agreement_signed_on": known_by(one.agreement_signed_on, day),
            "staff_count": one.staff_count,
            "staff_signed_count": one.staff_signed_count,
            "has_measures": one.has_measures,
            "started_on": one.started_on,
            "ends_on": one.ends_on,
            "told_bureau_on": known_by(one.told_bureau_on, day),
            "state": "active" if one.ended_on > day else "completed" if one.ended_on >= one.ends_on else "terminated",
            "ended_on": known_by(one.ended_on, day),
        }
        for one in contracts
        if one.is_on_file(ask)
    ]


def _unit(one: Entrusted) -> Row:
    return {"unit_source": "here" if one.unit_code else "elsewhere", "unit_code": one.unit_code}


def commission(world: World, rng: np.random.Generator) -> list[Commission]:
    """All commissions over the whole time."""
    settings, commissions = load("duties")["commissioned_work"], []
    for begun in _begin(world, "commissioned_work", rng):
        supervisions, day = [], begun["started_on"]
        while (day := day + timedelta(days=draw_between(settings["supervision_days"], rng))) < begun["ended_on"]:
            if rng.random() < world.traits.chance("units_supervised", month_of(day)):
                found = int(rng.poisson(settings["problems_per_supervision"]))
                supervisions.append((day, found, draw_between(settings["mending_days"], rng)))
        commissions.append(Commission(**begun, supervisions=tuple(supervisions)))
    return commissions


def commission_rows(commissions: list[Commission], ask: Ask) -> list[Row]:
    """The ledger of a month; counts are totals since the commission began."""
    day = period_end(ask.period)
    rows = []
    for one in commissions:
        if not one.is_on_file(ask):
            continue
        past = [each for each in one.supervisions if each[0] <= day]
        rows.append(
            {
                "commission_code": one.code,
                "organisation_code": one.organisation_code,
                "business": one.business,
                **_unit(one),
                "agreement_signed_on": known_by(one.agreement_signed_on, day),
                "started_on": one.started_on,
                "ends_on": one.ends_on,
                "told_bureau_on": known_by(one.told_bureau_on, day),
                "supervision_count": len(past),
                "last_supervised_on": past[-1][0] if past else None,
                "problem_count": sum(found for _, found, _ in past),
                "problems_closed_count": sum(found for on, found, days in past if on + timedelta(days=days) <= day),
                "ended_on": known_by(one.ended_on, day),
            }
        )
    return rows


OUTSOURCED = Simulated("outsourced_operations", outsource, outsourced_rows)
COMMISSIONED = Simulated("commissioned_work", commission, commission_rows)
