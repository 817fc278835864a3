"""Incidents reported under Art. 39: found, reported to a first body, others told, looked into, closed."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from data_contracts.periods import month_range, period_end, period_start
from pipelines.simulation.contents import Row, Simulated
from pipelines.simulation.draws import draw_between, draw_day, draw_weighted, known_by
from pipelines.simulation.organisations import Organisation
from pipelines.simulation.settings import load
from pipelines.simulation.traits import Reporter, Traits


@dataclass(frozen=True)
class Incident:
    """One incident with every date it will ever have; `leak` is what the inquiry comes to in the end."""

    code: str
    category: str
    organisation_code: str | None
    found_at: datetime
    reported_at: datetime
    first_body: str
    investigation_opened_on: date
    others_told_on: date | None
    closed_on: date
    leak_known_on: date
    leak: str


def meet_incidents(
    reporter: Reporter, organisations: list[Organisation], traits: Traits, rng: np.random.Generator
) -> list[Incident]:
    """All incidents of a reporter over the months of its traits, by time found; planned leaks are among them."""
    settings = load("region")
    standing = [one for one in organisations if one.is_standing]
    drafts: list[tuple[datetime, dict[str, object]]] = []
    for month in month_range(traits.months[0], traits.months[-1]):
        mean = settings["incidents_per_month"][reporter.kind] * traits.rate("incidents", month)
        for _ in range(int(rng.poisson(mean))):
            day = draw_day(period_start(month), period_end(month), rng)
            drafts.append((_moment(day, rng), {}))
    for planned in settings["planned_leaks"]:
        if planned["division"] == reporter.code:
            day = period_end(traits.months[-1]) - timedelta(days=planned["found_days_before"])
            drafts.append((_moment(day, rng), planned))
    drafts.sort(key=lambda draft: draft[0])
    return [
        _incident(f"SJ-{reporter.code}-{number:04d}", found_at, planned, standing, traits, rng)
        for number, (found_at, planned) in enumerate(drafts, start=1)
    ]


def _moment(day: date, rng: np.random.Generator) -> datetime:
    return datetime.combine(day, time(int(rng.integers(8, 23)), int(rng.integers(0, 60))))


def _incident(
    code: str,
    found_at: datetime,
    planned: dict[str, object],
    standing: list[Organisation],
    traits: Traits,
    rng: np.random.Generator,
) -> Incident:
    settings, month = load("region")["incidents"], f"{found_at:%Y-%m}"
    is_prompt = rng.random() < traits.chance("incident_within_24h", month)
    hours = float(rng.uniform(*settings["prompt_hours" if is_prompt else "slow_hours"]))
    reported_at = found_at + timedelta(minutes=round(60 * float(planned.get("reported_hours", hours))))  # type: ignore[arg-type]
    is_investigated = rng.random() < traits.chance("incident_investigated", month) or bool(planned)
    days = draw_between(settings["investigation_days" if is_investigated else "never_investigated_days"], rng)
    opened = reported_at.date() + timedelta(days=days)
    is_told = rng.random() < traits.chance("incident_others_told", month)
    told = opened + timedelta(days=draw_between(settings["told_days"], rng)) if is_told else None
    closed = max(opened, told or opened) + timedelta(days=draw_between(settings["closed_days"], rng))
    leak = "confirmed" if planned or rng.random() < settings["leak_chance"] else "excluded"
    known = opened + timedelta(days=2) if planned else opened + (closed - opened) * 0.6
    has_organisation = bool(planned) or rng.random() >= settings["no_organisation_chance"]
    return Incident(
        code=code,
        category=str(planned.get("category") or draw_weighted(settings["category_weights"], rng)),
        organisation_code=standing[int(rng.integers(len(standing)))].code if has_organisation else None,
        found_at=found_at,
        reported_at=reported_at,
        first_body=draw_weighted(settings["first_body_weights"], rng),
        investigation_opened_on=opened,
        others_told_on=told,
        closed_on=closed,
        leak_known_on=known,
        leak=leak,
    )


def incident_rows(incidents: list[Incident], month: str, since: date) -> list[Row]:
    """The ledger of a month: reported by its last day and not closed by `since`, with the state known on that day."""
    day = period_end(month)
    return [
        {
            "incident_code": one.code,
            "category": one.category,
            "organisation_code": one.organisation_code,
            "found_at": one.found_at,
            "reported_at": one.reported_at,
            "first_body": one.first_body,
            "investigation_opened_on": known_by(one.investigation_opened_on, day),
            "others_told_on": known_by(one.others_told_on, day),
            "closed_on": known_by(one.closed_on, day),
            "leak": one.leak if one.leak_known_on <= day else "pending",
        }
        for one in incidents
        if one.reported_at.date() <= day and one.closed_on > since
    ]


SIMULATED = Simulated(
    "incidents",
    lambda world, rng: meet_incidents(world.reporter, world.organisations, world.traits, rng),
    lambda incidents, ask: incident_rows(incidents, ask.period, ask.since),
)
