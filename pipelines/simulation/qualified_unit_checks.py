"""Checks of units with a qualification (Art. 26): what was found, by when to be mended, and when it was."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data_contracts.periods import month_range, period_end, period_start
from pipelines.simulation.contents import Row, Simulated, World
from pipelines.simulation.draws import draw_between, draw_day, draw_delay, draw_weighted, known_by
from pipelines.simulation.qualified_units import QualifiedUnit
from pipelines.simulation.settings import load


@dataclass(frozen=True)
class UnitCheck:
    """One check of a unit with every date it will ever have."""

    code: str
    unit_code: str
    checked_on: date
    kind: str
    commission_count: int
    finding_count: int
    due_on: date | None
    rectified_on: date | None
    outcome: str
    outcome_on: date
    suspension_proposed: bool

    @property
    def settled_on(self) -> date:
        """The last day on which anything happened to it."""
        return max(self.outcome_on, self.rectified_on or self.outcome_on)


def check_units(world: World, rng: np.random.Generator) -> list[UnitCheck]:
    """All checks of a reporter's units over the months of its traits, in order of time."""
    units: list[QualifiedUnit] = world.things["qualified_units"]
    checks: list[UnitCheck] = []
    for month in month_range(world.traits.months[0], world.traits.months[-1]):
        mean = len(units) * world.traits.rate("checks_per_unit", month)
        days = sorted(draw_day(period_start(month), period_end(month), rng) for _ in range(int(rng.poisson(mean))))
        for day in days:
            unit = units[int(rng.integers(len(units)))]
            checks.append(_check(world, f"ZJ-{world.reporter.code}-{len(checks) + 1:04d}", unit, day, rng))
    return checks


def _check(world: World, code: str, unit: QualifiedUnit, day: date, rng: np.random.Generator) -> UnitCheck:
    settings = load("region")["qualified_unit_checks"]
    count = int(rng.poisson(world.traits.rate("findings_per_unit_check", f"{day:%Y-%m}")))
    due = day + timedelta(days=15 * draw_between(settings["term_halfmonths"], rng)) if count else None
    rectified = None
    if due:
        is_prompt = rng.random() < world.traits.chance("rectified_on_time", f"{due:%Y-%m}")
        rectified = (
            draw_day(day + timedelta(days=2), due, rng) if is_prompt else due + draw_delay(settings["late_days"], rng)
        )
    outcome = _outcome(count, rng)
    return UnitCheck(
        code=code,
        unit_code=unit.code,
        checked_on=day,
        kind=draw_weighted(settings["kind_weights"], rng),
        commission_count=min(unit.commission_count, draw_between(settings["commissions"], rng)),
        finding_count=count,
        due_on=due,
        rectified_on=rectified,
        outcome=outcome,
        outcome_on=day + timedelta(days=draw_between(settings["outcome_days"], rng)),
        suspension_proposed=outcome == "failed" and rng.random() < settings["suspension_chance"],
    )


def _outcome(count: int, rng: np.random.Generator) -> str:
    """Passed without or with few findings, failed now and then with many."""
    settings = load("region")["qualified_unit_checks"]
    if count >= settings["many"] and rng.random() < settings["failed_chance"]:
        return "failed"
    return "passed" if count <= settings["few"] else "basic"


def check_rows(checks: list[UnitCheck], month: str, since: date) -> list[Row]:
    """The ledger of a month: checked by its last day and not settled by `since`, with the state known on that day."""
    day = period_end(month)
    return [
        {
            "check_code": one.code,
            "unit_code": one.unit_code,
            "checked_on": one.checked_on,
            "check_kind": one.kind,
            "commissions_checked_count": one.commission_count,
            "finding_count": one.finding_count,
            "rectification_due_on": one.due_on,
            "rectified_on": known_by(one.rectified_on, day),
            "outcome": one.outcome if one.outcome_on <= day else "pending",
            "suspension_proposed": one.suspension_proposed and one.outcome_on <= day,
        }
        for one in checks
        if one.checked_on <= day and one.settled_on > since
    ]


SIMULATED = Simulated(
    "qualified_unit_checks",
    check_units,
    lambda checks, ask: check_rows(checks, ask.period, ask.since),
)
