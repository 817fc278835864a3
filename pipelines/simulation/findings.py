"""Findings of inspections (Art. 41): ordered to be mended by a day, mended, verified, or left until criticised."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data_contracts.periods import period_end
from pipelines.simulation.contents import Row, Simulated
from pipelines.simulation.draws import draw_between, draw_day, draw_delay, draw_weighted, known_by, month_of
from pipelines.simulation.settings import load
from pipelines.simulation.traits import Traits

GRACE_DAYS = 30
SHORTEST_DAYS = 3
FORGOTTEN_DAYS = (120, 300)


@dataclass(frozen=True)
class Finding:
    """One finding with every date it will ever have."""

    code: str
    inspection_code: str
    inspection_kind: str
    organisation_code: str
    found_on: date
    item: str
    severity: str
    ordered_on: date
    due_on: date
    rectified_on: date
    verified_on: date
    criticised_on: date | None
    leak_confirmed_on: date | None
    referred_on: date | None

    def changed_on(self, since: date, until: date) -> bool:
        """Whether it is still open, or changed, after `since` as known on `until`."""
        return self.found_on <= until and self.verified_on > since


def find_in_inspection(
    inspection: tuple[str, str, str],
    day: date,
    before: list[Finding],
    numbers: dict[str, int],
    traits: Traits,
    rng: np.random.Generator,
) -> list[Finding]:
    """What one inspection (code, kind, organisation code) found on its first day.

    `before` holds all findings of the reporter so far; `numbers` the last number of each organisation, counted on here.
    """
    code, kind, organisation = inspection
    month = month_of(day)
    count = int(rng.poisson(traits.rate("findings_per_inspection", month)))
    found = []
    for item in _items(organisation, before, count, traits.chance("learns", month), rng):
        numbers[organisation] = numbers.get(organisation, 0) + 1
        finding = f"WT-{organisation[2:]}-{numbers[organisation]:04d}"
        found.append(_finding(finding, (code, kind, organisation, item), day, traits, rng))
    return found


def _items(organisation: str, before: list[Finding], count: int, learns: float, rng: np.random.Generator) -> list[str]:
    """Different items of Art. 41 for one inspection; `learns` is the chance that an item had before is avoided."""
    weights = load("region")["findings"]["item_weights"]
    had = {finding.item for finding in before if finding.organisation_code == organisation}
    items: list[str] = []
    for _ in range(min(count, len(weights))):
        fresh = {item: weight for item, weight in weights.items() if item not in had}
        item = draw_weighted(fresh if fresh and rng.random() < learns else weights, rng)
        if item not in items:
            items.append(item)
    return items


def _finding(
    code: str, what: tuple[str, str, str, str], found: date, traits: Traits, rng: np.random.Generator
) -> Finding:
    settings = load("region")["findings"]
    inspection, kind, organisation, item = what
    severity = draw_weighted(settings["severity_weights"], rng)
    ordered = min(found + timedelta(days=draw_between((0, 6), rng)), period_end(month_of(found)))
    due = ordered + timedelta(days=15 * draw_between([days // 15 for days in settings["term_days"][severity]], rng))
    rectified = _rectified_on(ordered, due, traits, rng)
    verified = rectified + timedelta(days=draw_between(settings["verify_days"], rng))
    is_criticised = rng.random() < settings["criticise_chance"] and (rectified - due).days > GRACE_DAYS
    after_grace = due + timedelta(days=GRACE_DAYS + 1)
    leak = (
        found + timedelta(days=draw_between((5, 50), rng)) if rng.random() < settings["leak_chance"][severity] else None
    )
    if leak is not None:
        verified = max(verified, leak + timedelta(days=15))
    return Finding(
        code=code,
        inspection_code=inspection,
        inspection_kind=kind,
        organisation_code=organisation,
        found_on=found,
        item=item,
        severity=severity,
        ordered_on=ordered,
        due_on=due,
        rectified_on=rectified,
        verified_on=verified,
        criticised_on=draw_day(after_grace, min(rectified, after_grace + timedelta(days=25)), rng)
        if is_criticised
        else None,
        leak_confirmed_on=leak,
        referred_on=leak + timedelta(days=draw_between((1, 14), rng)) if leak else None,
    )


def _rectified_on(ordered: date, due: date, traits: Traits, rng: np.random.Generator) -> date:
    """Mended within the term, late, or (rarely) only after most of a year."""
    month = month_of(due)
    if rng.random() < traits.chance("rectified_on_time", month):
        early = ordered + (due - ordered) * float(rng.beta(3.0, 1.6))
        return max(ordered + timedelta(days=SHORTEST_DAYS), early)
    if rng.random() < traits.chance("rectified_late", month):
        return due + draw_delay(load("region")["findings"]["late_days"], rng)
    return due + timedelta(days=draw_between(FORGOTTEN_DAYS, rng))


def finding_rows(findings: list[Finding], month: str, since: date) -> list[Row]:
    """The ledger of a month: open on its last day, or changed after `since`, with the state known on that day."""
    day = period_end(month)
    return [
        {
            "finding_code": one.code,
            "inspection_code": one.inspection_code,
            "inspection_kind": one.inspection_kind,
            "organisation_code": one.organisation_code,
            "found_on": one.found_on,
            "item": one.item,
            "severity": one.severity,
            "ordered_on": one.ordered_on,
            "due_on": one.due_on,
            "rectified_on": known_by(one.rectified_on, day),
            "verified_on": known_by(one.verified_on, day),
            "criticised_on": known_by(one.criticised_on, day),
            "is_leak_confirmed": known_by(one.leak_confirmed_on, day) is not None,
            "referred_on": known_by(one.referred_on, day),
        }
        for one in findings
        if one.changed_on(since, day)
    ]


SIMULATED = Simulated(
    "findings",
    lambda world, _: [one for inspection in world.things["inspections"] for one in inspection.findings],
    lambda findings, ask: finding_rows(findings, ask.period, ask.since),
)
