"""A whole drawn region: five reporters, fifteen months, every contract, by a seed; with silence, delay and repeats.

    connection = drawn_connection(**draw_region(seed=7))

Dates crowd around the limits that matter (due days, 24 hours, windows), so that an off-by-one anywhere shows.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from data_contracts.periods import period_end, period_start, periods_between
from tests.drawn import CONTRACTS, DIVISIONS, FilingKey
from tests.drawn_duties import draw_duties
from tests.drawn_rows import Draw, Row, near
from tests.drawn_supervision import draw_attempts, draw_supervision, seen_to

States = dict[FilingKey, str]
# What draws the rows of more contracts: each has dice of its own, so that adding one leaves the others as they were.
MORE: tuple[Draw, ...] = (draw_duties, draw_supervision)
FIRST_PERIOD, PERIOD = "2025-04", "2026-06"
SECTORS = ("party", "government", "justice", "health")
LEVELS = ("prefecture", "county", "township")


def draw_region(seed: int, first_period: str = FIRST_PERIOD, period: str = PERIOD) -> dict[str, Any]:
    """Arguments for `drawn_connection`; the same seed draws the same region."""
    dice = random.Random(seed)
    states, first_statuses = _draw_states(dice, first_period, period)
    tables: dict[str, list[Row]] = {contract: [] for contract in CONTRACTS}
    for division in DIVISIONS:
        if division.is_reporter:
            for contract, rows in _draw_reporter(dice, division.division_code, first_period, period).items():
                tables[contract] += rows
            for contract, rows in _draw_more(seed, division.division_code, tables, first_period, period):
                tables[contract] += rows
    taken = {contract: [row for row in rows if _is_taken(states, contract, row)] for contract, rows in tables.items()}
    return {"first_period": first_period, "period": period, "states": states, "first_statuses": first_statuses,
            **draw_attempts(random.Random(f"attempts {seed}"), states, first_statuses), **seen_to(seed, taken)}


def _is_taken(states: States, contract: str, row: Row) -> bool:
    return states.get((contract, row["division_code"], row["period"])) not in ("missing", "returned")


def _draw_states(dice: random.Random, first_period: str, period: str) -> tuple[States, States]:
    states: States = {}
    firsts: States = {}
    for name, contract in CONTRACTS.items():
        for division in DIVISIONS:
            for filing_period in periods_between(first_period, period, contract.frequency):
                if not division.is_reporter:
                    continue
                key = (name, division.division_code, filing_period)
                state = dice.choices(["on_time", "late", "returned", "missing"], [80, 8, 4, 8])[0]
                states[key] = state
                if state != "missing":
                    firsts[key] = dice.choice(["accepted", "accepted_with_queries", "returned"])
                if state == "returned":
                    firsts[key] = "returned"
    return states, firsts


def _draw_reporter(dice: random.Random, code: str, first_period: str, period: str) -> dict[str, list[Row]]:
    organisations = [f"JG{code}{number:04d}" for number in range(1, dice.randint(4, 8))]
    registers: dict[str, list[Row]] = {"organisations": [], "self_monitoring_facilities": [], "qualified_units": [],
                                       "training": []}
    for quarter in periods_between(first_period, period, "quarter"):
        place = {"division_code": code, "period": quarter}
        for organisation in organisations:
            registers["organisations"].append({**place, **_organisation(dice, organisation)})
            registers["training"].append({**place, **_training(dice, organisation)})
            if dice.random() < 0.7:
                facility = {"facility_code": f"SS-{organisation[2:]}-01", **_facility(dice, quarter)}
                registers["self_monitoring_facilities"].append({**place, "organisation_code": organisation, **facility})
        for number in range(4):
            registers["qualified_units"].append({**place, "unit_code": f"ZZ{code}{number:02d}", **_unit(dice, quarter)})
    months = periods_between(first_period, period, "month")
    # a few organisations that the register does not know
    known = [*organisations, f"JG{code}9999"]
    findings, incidents = _findings(dice, code, known, months), _incidents(dice, code, known, months)
    return {**registers, "findings": findings, "incidents": incidents}


def _draw_more(seed: int, code: str, tables: dict[str, list[Row]], first_period: str,
               period: str) -> Iterator[tuple[str, list[Row]]]:
    own = sorted({row["organisation_code"] for row in tables["organisations"] if row["division_code"] == code})
    for draw in MORE:
        yield from draw(random.Random(f"{draw.__name__} {seed} {code}"), code, own, first_period, period).items()


def _organisation(dice: random.Random, code: str) -> Row:
    return {"organisation_code": code, "sector": dice.choice(SECTORS), "level": dice.choice(LEVELS),
            "has_secrecy_body": dice.random() < 0.4, "has_secrecy_post": (has_post := dice.random() < 0.5),
            "has_responsibility_system": has_post or code.endswith(("1", "3"))}


def _training(dice: random.Random, code: str) -> Row:
    to_train = dice.randint(0, 20)
    return {"organisation_code": code, "posts_to_train_count": to_train,
            "posts_trained_count": (trained := max(0, to_train - dice.randint(-2, 8))),
            "posts_assessed_count": max(0, trained - 2), "april_activity_count": trained % 3}


def _facility(dice: random.Random, quarter: str) -> Row:
    return {"in_use_on": near(dice, quarter, 80, may_lack=0.2), "filed_on": near(dice, quarter, 60, may_lack=0.3),
            "system_in_use_on": near(dice, quarter, 80, may_lack=0.2)}


def _unit(dice: random.Random, quarter: str) -> Row:
    return {"expires_on": near(dice, quarter, 40), "suspended_on": near(dice, quarter, 20, may_lack=0.7),
            "live_commission_count": dice.randint(0, 3)}


def _findings(dice: random.Random, code: str, organisations: list[str], months: list[str]) -> list[Row]:
    rows = []
    for number in range(45):
        filed = dice.randrange(len(months))
        start = period_start(months[filed])
        found_on = start - timedelta(days=dice.choice([0, 31, 365, 396, 730, 731, dice.randint(0, 500)]))
        due_on = found_on + timedelta(days=dice.choice([20, 30, 45, 90]))
        rectified_on = due_on + timedelta(days=dice.choice([0, 0, 1, -3, 40]))
        finding = {"division_code": code, "finding_code": f"WT-{code}-{number:04d}", "found_on": found_on,
                   "due_on": due_on, "organisation_code": dice.choice(organisations),
                   "item": f"item_{dice.randint(1, 3)}", "is_leak_confirmed": dice.random() < 0.1}
        rows.append({**finding, "period": months[filed]})
        later = range(filed + 1, len(months))
        for again in dice.sample(later, min(dice.randint(0, 2), len(later))):
            rows.append({**finding, "period": months[again], "rectified_on": rectified_on})
    return rows


def _incidents(dice: random.Random, code: str, organisations: list[str], months: list[str]) -> list[Row]:
    rows = []
    for number in range(25):
        filed = dice.randrange(len(months))
        found_at = datetime.combine(period_end(months[filed]), datetime.min.time()) - timedelta(
            days=dice.choice([0, 0, 20, 330, 365, 400]), hours=dice.randint(0, 23))
        incident = {"division_code": code, "incident_code": f"SJ-{code}-{number:04d}", "found_at": found_at,
                    "reported_at": found_at + timedelta(hours=dice.choice([2, 24, 24, 25, 60])),
                    "organisation_code": dice.choice([None, *organisations])}
        opened_on = found_at.date() + timedelta(days=dice.choice([3, 10, 40]))
        rows.append({**incident, "period": months[filed]})
        for again in range(filed + 1, min(filed + 3, len(months))):
            rows.append({**incident, "period": months[again], "investigation_opened_on": opened_on,
                         "others_told_on": dice.choice([None, opened_on, opened_on + timedelta(days=30)]),
                         "closed_on": dice.choice([None, opened_on + timedelta(days=45)])})
    return rows
