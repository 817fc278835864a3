"""Inspections (Art. 6, 22, 28): held at an organisation, scored, filed away, and closed once all is mended.

Those that may find something are drawn together with their findings; those that found nothing, most of them an
organisation's own, are drawn beside them and numbered from `CLEAN_FROM`.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data_contracts.periods import month_range, period_end, period_start
from pipelines.simulation.contents import Row, Simulated, World
from pipelines.simulation.draws import draw_between, draw_day, draw_weighted, known_by
from pipelines.simulation.findings import Finding, find_in_inspection
from pipelines.simulation.organisations import Organisation
from pipelines.simulation.settings import load

CLEAN_FROM = 5001


@dataclass(frozen=True)
class Inspection:
    """One inspection with every date it will ever have, and what it found on its first day."""

    code: str
    kind: str
    organisation_code: str
    started_on: date
    ended_on: date
    body: str
    is_key_unit: bool
    scope: str
    item_count: int
    findings: tuple[Finding, ...]
    score: float | None
    order_issued_on: date | None
    report_filed_on: date
    closed_on: date


def hold_inspections(world: World, rng: np.random.Generator) -> list[Inspection]:
    """All inspections of a reporter over the months of its traits, in order of their codes."""
    details = rng.spawn(1)[0]  # a stream beside, so that the findings stay what they were
    with_findings = _hold_searching(world, rng, details)
    return with_findings + _hold_clean(world, details)


def _hold_searching(world: World, rng: np.random.Generator, details: np.random.Generator) -> list[Inspection]:
    standing, traits = world.standing, world.traits
    inspections: list[Inspection] = []
    findings: list[Finding] = []
    numbers: dict[str, int] = {}
    for month in month_range(traits.months[0], traits.months[-1]):
        mean = len(standing) * traits.rate("inspections_per_organisation", month)
        days = sorted(draw_day(period_start(month), period_end(month), rng) for _ in range(int(rng.poisson(mean))))
        for day in days:
            one = standing[int(rng.integers(len(standing)))]
            code = f"JC-{world.reporter.code}-{len(inspections) + 1:04d}"
            kind = draw_weighted(load("region")["findings"]["kind_weights"], rng)
            found = find_in_inspection((code, kind, one.code), day, findings, numbers, traits, rng)
            findings += found
            inspections.append(_inspection(world, code, kind, one, day, found, details))
    return inspections


def _hold_clean(world: World, rng: np.random.Generator) -> list[Inspection]:
    """Inspections that found nothing: a self-inspection by rule, a visit that went well."""
    standing, traits = world.standing, world.traits
    inspections: list[Inspection] = []
    for month in month_range(traits.months[0], traits.months[-1]):
        mean = len(standing) * traits.rate("clean_inspections_per_organisation", month)
        days = sorted(draw_day(period_start(month), period_end(month), rng) for _ in range(int(rng.poisson(mean))))
        for day in days:
            one = standing[int(rng.integers(len(standing)))]
            code = f"JC-{world.reporter.code}-{CLEAN_FROM + len(inspections):04d}"
            kind = draw_weighted(load("region")["inspections"]["clean_kind_weights"], rng)
            inspections.append(_inspection(world, code, kind, one, day, [], rng))
    return inspections


def _inspection(
    world: World,
    code: str,
    kind: str,
    one: Organisation,
    day: date,
    found: list[Finding],
    rng: np.random.Generator,
) -> Inspection:
    settings = load("region")["inspections"]
    ended = day + timedelta(days=draw_between(settings["lasting_days"][kind], rng))
    filed = ended + timedelta(days=draw_between(settings["report_days"], rng))
    is_scored = rng.random() < settings["scored_chance"][kind]
    lost = len(found) * rng.uniform(*settings["lost_points"]) + rng.uniform(*settings["lost_anyway"])
    ordered = min((finding.ordered_on for finding in found), default=None) if kind != "self" else None
    return Inspection(
        code=code,
        kind=kind,
        organisation_code=one.code,
        started_on=day,
        ended_on=ended,
        body=_draw_body(world, kind, rng),
        is_key_unit=bool(one.key_since and one.key_since <= day and (one.key_until is None or one.key_until > day)),
        scope=draw_weighted(settings["scope_weights"], rng),
        item_count=max(len(found), draw_between(settings["items"], rng)),
        findings=tuple(found),
        score=round(max(62.0, 100 - lost), 1) if is_scored else None,
        order_issued_on=ordered,
        report_filed_on=filed,
        closed_on=max([filed, *(finding.verified_on for finding in found)]),
    )


def _draw_body(world: World, kind: str, rng: np.random.Generator) -> str:
    """Who inspects: oneself, one's sector, or a bureau, mostly the reporter's own."""
    settings = load("region")["inspections"]
    if kind == "self":
        return "itself"
    if kind == "sector":
        return draw_weighted(settings["sector_body_weights"], rng)
    return draw_weighted(settings["body_weights"][world.reporter.kind], rng)


def inspection_rows(inspections: list[Inspection], month: str, since: date) -> list[Row]:
    """The ledger of a month: begun by its last day and not closed by `since`, with the state known on that day."""
    day = period_end(month)
    return [
        {
            "inspection_code": one.code,
            "inspection_kind": one.kind,
            "organisation_code": one.organisation_code,
            "started_on": one.started_on,
            "ended_on": known_by(one.ended_on, day),
            "inspecting_body": one.body,
            "is_key_unit": one.is_key_unit,
            "scope": one.scope,
            "item_checked_count": one.item_count,
            "finding_count": len(one.findings),
            "score": one.score if one.ended_on <= day else None,
            "order_issued_on": known_by(one.order_issued_on, day),
            "report_filed_on": known_by(one.report_filed_on, day),
            "closed_on": known_by(one.closed_on, day),
        }
        for one in inspections
        if one.started_on <= day and one.closed_on > since
    ]


SIMULATED = Simulated(
    "inspections",
    hold_inspections,
    lambda inspections, ask: inspection_rows(inspections, ask.period, ask.since),
)
