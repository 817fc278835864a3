"""Alerts and their checking (Art. 22, 38): received, verified, disposed of; most of them false."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from data_contracts.periods import month_range, period_end, period_start
from pipelines.simulation.contents import Row, Simulated, World
from pipelines.simulation.draws import draw_between, draw_day, draw_weighted, known_by
from pipelines.simulation.settings import load


@dataclass(frozen=True)
class Alert:
    """One alert with every moment it will ever have."""

    code: str
    source: str
    organisation_code: str
    level: str
    received_at: datetime
    verified_at: datetime
    is_true: bool
    measure: str
    disposed_on: date
    is_incident: bool


def raise_alerts(world: World, rng: np.random.Generator) -> list[Alert]:
    """All alerts of a reporter over the months of its traits, in order of the moment received."""
    traits = world.traits
    moments: list[datetime] = []
    for month in month_range(traits.months[0], traits.months[-1]):
        mean = load("region")["alert_checks"]["per_month"][world.reporter.kind] * traits.rate("alerts", month)
        for _ in range(int(rng.poisson(mean))):
            clock = time(int(rng.integers(0, 24)), int(rng.integers(0, 60)))
            moments.append(datetime.combine(draw_day(period_start(month), period_end(month), rng), clock))
    moments.sort()
    return [
        _alert(world, f"YJ-{world.reporter.code}-{number:04d}", moment, rng)
        for number, moment in enumerate(moments, start=1)
    ]


def _alert(world: World, code: str, received: datetime, rng: np.random.Generator) -> Alert:
    settings, month = load("region")["alert_checks"], f"{received:%Y-%m}"
    source = draw_weighted(settings["source_weights"], rng)
    # Facilities in the register from the start, so that the register knows of them whenever the alert is filed.
    start = period_start(world.traits.months[0])
    owners = sorted(
        {one.organisation_code for one in world.things["self_monitoring_facilities"] if one.in_use_on < start}
    )
    if source == "own_facility" and not owners:
        source = "superior_platform"
    codes = owners if source == "own_facility" else [one.code for one in world.standing]
    is_prompt = rng.random() < world.traits.chance("alert_verified_promptly", month)
    hours = float(rng.uniform(*settings["prompt_hours" if is_prompt else "slow_hours"]))
    verified = received + timedelta(minutes=round(60 * hours))
    is_true = rng.random() < settings["true_share"]
    days = draw_between(settings["disposal_days"] if is_true else settings["closing_days"], rng)
    return Alert(
        code=code,
        source=source,
        organisation_code=codes[int(rng.integers(len(codes)))],
        level=draw_weighted(settings["level_weights"], rng),
        received_at=received,
        verified_at=verified,
        is_true=is_true,
        measure=draw_weighted(settings["measure_weights" if is_true else "false_measure_weights"], rng),
        disposed_on=verified.date() + timedelta(days=days),
        is_incident=is_true and rng.random() < settings["incident_chance"],
    )


def alert_rows(alerts: list[Alert], month: str, since: date) -> list[Row]:
    """The ledger of a month: received by its last day and not disposed of by `since`, with the state of that day."""
    day = period_end(month)
    rows = []
    for one in alerts:
        if one.received_at.date() > day or one.disposed_on <= since:
            continue
        is_verified, disposed = one.verified_at.date() <= day, known_by(one.disposed_on, day)
        rows.append(
            {
                "alert_code": one.code,
                "alert_source": one.source,
                "organisation_code": one.organisation_code,
                "alert_level": one.level,
                "alert_received_at": one.received_at,
                "verified_at": one.verified_at if is_verified else None,
                "result": ("true_alert" if one.is_true else "false_alarm") if is_verified else "undecided",
                "measure": one.measure if disposed else None,
                "disposed_on": disposed,
                "is_reported_as_incident": one.is_incident and is_verified,
            }
        )
    return rows


SIMULATED = Simulated("alert_checks", raise_alerts, lambda alerts, ask: alert_rows(alerts, ask.period, ask.since))
