"""Rows of a drawn region: classification, carriers, procurement, meetings, personnel and means.

Parts are now and then more than their whole, and dates crowd around month ends and limits: what a mandatory check or a
careful clerk would stop must still not give a share above one.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta

from data_contracts.periods import period_end, period_start, periods_between
from tests.drawn_rows import Row, near

Dice = random.Random


def draw_duties(dice: Dice, code: str, organisations: list[str], first_period: str,
                period: str) -> dict[str, list[Row]]:
    """Rows of one reporter by contract."""
    years, quarters, months = (periods_between(first_period, period, each) for each in ("year", "quarter", "month"))
    known = [*organisations, f"JG{code}9999"]  # one that the register does not know
    tallies: dict[str, tuple[list[str], Callable[[Dice], Row]]] = {
        "classification_reviews": (years, _classification), "carrier_disposal": (quarters, _carriers),
        "personnel_duties": (quarters, _personnel), "disclosure_reviews": (quarters, _disclosures),
        "meetings": (quarters, _meetings),
    }
    rows = {
        contract: [{"division_code": code, "period": each, "organisation_code": one, **draw(dice)}
                   for each in periods for one in known]
        for contract, (periods, draw) in tallies.items()
    }
    return {
        **rows,
        "capacity": [{"division_code": code, "period": year, "area_code": code, **_capacity(dice, code)}
                     for year in years],
        "outsourced_operations": _events(dice, "contract_code", known, months, _outsourced),
        "commissioned_work": _events(dice, "commission_code", known, months, _commission),
        "secret_procurement": _events(dice, "project_code", known, quarters, _procurement),
    }


def _part(dice: Dice, whole: int) -> int:
    return max(0, whole - dice.choice([0, 0, 1, 2, -1, dice.randint(0, whole)]))


def _yes(dice: Dice) -> bool | None:
    return dice.choice([True, True, True, False, None])


def _classification(dice: Dice) -> Row:
    opening, determined, due, declassified = dice.choice([0, 12]), dice.choice([0, 6]), *_few(dice, 2)
    return {"opening_count": opening, "determined_count": determined, "full_record_count": _part(dice, determined),
            "reviewed_count": _part(dice, opening + determined), "due_to_expire_count": due,
            "expired_undecided_count": _part(dice, due), "declassified_count": declassified,
            "notified_count": _part(dice, declassified), "has_expiry_reminder": _yes(dice),
            "has_embedded_flow": _yes(dice)}


def _few(dice: Dice, times: int) -> list[int]:
    return [dice.randint(0, 4) for _ in range(times)]


def _carriers(dice: Dice) -> Row:
    centrally, itself, opening, retired = dice.choice([0, 80]), dice.choice([0, 9]), *_few(dice, 2)
    return {"centrally_destroyed_count": centrally, "self_destroyed_count": itself,
            "self_logged_count": _part(dice, itself), "devices_opening_count": opening,
            "devices_retired_count": retired, "devices_handed_over_count": _part(dice, opening + retired),
            "devices_waiting_count": dice.randint(0, 3), "has_disposal_log": _yes(dice)}


def _personnel(dice: Dice) -> Row:
    posts, (appointed, due, left) = dice.choice([0, 5, 12]), _few(dice, 3)
    return {"secret_posts_count": posts, "posts_filled_count": _part(dice, posts), "appointed_count": appointed,
            "appointed_reviewed_count": _part(dice, appointed), "re_review_due_count": due,
            "re_review_done_count": _part(dice, due), "left_count": left, "left_complete_count": _part(dice, left),
            "release_period_count": dice.randint(0, 9), "release_violation_count": dice.choice([0, 0, 0, 1]),
            "has_rights_protection": _yes(dice)}


def _disclosures(dice: Dice) -> Row:
    reviewed, published = dice.choice([0, 30, 60]), dice.choice([0, 25, 50])
    return {"reviewed_count": reviewed, "withheld_count": dice.choice([0, 1, 3, reviewed + 1]),
            "published_count": published, "published_unreviewed_count": dice.choice([0, 0, 2, published + 1]),
            "found_after_count": dice.choice([0, 0, 1])}


def _meetings(dice: Dice) -> Row:
    meetings, (major, violations) = dice.choice([0, 2, 6]), _few(dice, 2)
    return {"meetings_count": meetings, "with_plan_count": _part(dice, meetings),
            "with_device_control_count": _part(dice, meetings), "major_count": major,
            "major_supported_count": _part(dice, major), "violation_count": violations}


def _capacity(dice: Dice, code: str) -> Row:
    budget, posts, (townships, villages) = dice.choice([0, 30.0, 70.0]), dice.randint(1, 9), _few(dice, 2)
    return {"posts_count": posts, "posts_filled_count": _part(dice, posts), "in_development_plan": _yes(dice),
            "has_budget_line": budget > 0, "budget_amount": budget,
            "spent_amount": round(budget * dice.choice([0.9, 0.9, 1.02, 0.8]) - dice.choice([0, 0, 0.01]), 2),
            "townships_count": 3 * townships, "townships_named_count": _part(dice, 3 * townships),
            "villages_count": 9 * villages, "villages_liaison_count": _part(dice, 9 * villages),
            # one row each: no room for chance
            "is_border": code != "650000", "has_border_system": code.startswith("6529")}


def _events(dice: Dice, key: str, organisations: list[str], periods: list[str],
            draw: Callable[[Dice, str], Row]) -> list[Row]:
    """Thirty events, each filed once and told again in up to two later periods with what has changed."""
    code, rows = organisations[0][2:8], []
    for number in range(30):
        first = dice.randrange(len(periods))
        fixed = {"division_code": code, key: f"{key[:2]}-{code}-{number:03d}",
                 "organisation_code": dice.choice(organisations)}
        later = dice.sample(range(first + 1, len(periods)), min(dice.randint(0, 2), len(periods) - first - 1))
        # each state is drawn anew: dates that were told wrong are put right, what was open is closed or opened again
        rows += [{**fixed, "period": periods[place], **draw(dice, periods[first])} for place in (first, *sorted(later))]
    return rows


def _after(day: date, *days: int | None) -> Callable[[Dice], date | None]:
    def choose(dice: Dice) -> date | None:
        chosen = dice.choice(days)
        return None if chosen is None else day + timedelta(days=chosen)

    return choose


def _outsourced(dice: Dice, anchor: str) -> Row:
    started = dice.choice([period_start(anchor) - timedelta(days=300), period_start(anchor), period_end(anchor),
                           period_end(anchor) + timedelta(days=1)])
    staff = dice.randint(0, 6)
    return {"has_checked_qualification": _yes(dice), "has_bounded_scope": _yes(dice), "has_measures": _yes(dice),
            "agreement_signed_on": _after(started, -5, 0, 45, None)(dice), "staff_count": staff,
            "staff_signed_count": _part(dice, staff), "started_on": started,
            "told_bureau_on": near(dice, anchor, 30, may_lack=0.3),
            "ended_on": dice.choice([None, None, near(dice, anchor, 60)])}


def _commission(dice: Dice, anchor: str) -> Row:
    started = period_start(anchor) + timedelta(days=dice.choice([-400, -330, -59, -29, 0, 1, 20, 40]))
    problems = dice.randint(0, 5)
    return {"started_on": started, "told_bureau_on": _after(started, -3, 29, 30, 31, 60, None)(dice),
            "last_supervised_on": _after(started, 30, 89, 120, 380, None)(dice), "problem_count": problems,
            "problems_closed_count": _part(dice, problems),
            "ended_on": dice.choice([None, None, near(dice, anchor, 60), _after(started, 60)(dice)])}


def _procurement(dice: Dice, anchor: str) -> Row:
    contract = near(dice, anchor, 80, may_lack=0.15)
    signed = contract or period_start(anchor)
    reviewers = dice.randint(0, 7)
    return {"contract_on": contract, "determined_secret_on": _after(signed, -30, -1, 0, 1, None)(dice),
            "supplier_agreement_on": _after(signed, 0, 0, 40, None)(dice),
            "agency": dice.choice(["central", "agent", "own"]),
            "agency_agreement_on": _after(signed, -20, 0, 40, None)(dice), "reviewer_count": reviewers,
            "reviewer_agreement_count": _part(dice, reviewers)}
