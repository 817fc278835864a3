"""Rows of a drawn region: inspections, assessments, projects, work secrets, unit checks, tips, alerts; and attempts.

What the older drawers leave out of their contracts is added by `seen_to`, with dice of its own.
"""

import random
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from data_contracts.periods import period_end, period_start, periods_between
from tests.drawn_rows import Row, near

Dice = random.Random
Draw = Callable[[Dice, str], Row]


def draw_supervision(dice: Dice, code: str, organisations: list[str], first_period: str,
                     period: str) -> dict[str, list[Row]]:
    """Rows of one reporter by contract."""
    quarters, months = (periods_between(first_period, period, each) for each in ("quarter", "month"))
    # one that the register does not know, and one of the region's: who inspects is not always who supervises
    known = [*organisations, f"JG{code}9999", "JG6500000001"]
    units = [*(f"ZZ{code}{number:02d}" for number in range(5)), "ZZ65000000"]
    return {
        "inspections": _events(dice, code, "inspection_code", "organisation_code", known, months, _inspection),
        "risk_assessments": _events(dice, code, "assessment_code", "organisation_code", known, quarters, _assessment),
        "project_reviews": _events(dice, code, "project_code", "organisation_code", known, months, _project),
        "qualified_unit_checks": _events(dice, code, "check_code", "unit_code", units, months, _unit_check),
        "tips": [{name: value for name, value in row.items() if name != "about"}
                 for row in _events(dice, code, "tip_code", "about", ["it"], months, _tip)],
        "alert_checks": _events(dice, code, "alert_code", "organisation_code", known, months, _alert),
        "work_secret_lists": [
            {"division_code": code, "period": quarter, "list_code": f"QD{one[2:]}{number:02d}",
             "organisation_code": one, **_work_secrets(dice, quarter)}
            for quarter in quarters for one in known for number in range(dice.choice([0, 1, 1, 2]))],
    }


def _events(dice: Dice, code: str, key: str, about: str, subjects: list[str], periods: list[str],
            draw: Draw) -> list[Row]:
    """Forty events of a subject each, filed once and told again in up to two later periods with what has changed."""
    rows = []
    for number in range(40):
        first = dice.randrange(len(periods))
        fixed = {"division_code": code, key: f"{key[:2]}-{code}-{number:03d}", about: dice.choice(subjects)}
        later = dice.sample(range(first + 1, len(periods)), min(dice.randint(0, 2), len(periods) - first - 1))
        rows += [{**fixed, "period": periods[place], **draw(dice, periods[first])} for place in (first, *sorted(later))]
    return rows


def _after(dice: Dice, day: date, *days: int | None) -> date | None:
    chosen = dice.choice(days)
    return None if chosen is None else day + timedelta(days=chosen)


def _yes(dice: Dice) -> bool | None:
    return dice.choice([True, True, True, False, None])


def _part(dice: Dice, whole: int) -> int:
    return max(0, whole - dice.choice([0, 0, 1, 2, -1, dice.randint(0, whole)]))


def _inspection(dice: Dice, month: str) -> Row:
    started = dice.choice([period_start(month), period_end(month), period_start(month) - timedelta(days=150)])
    ended = _after(dice, started, 0, 0, 1, 3, None)
    return {"inspection_kind": dice.choice(["routine", "special", "sector", "self", "self"]), "started_on": started,
            "ended_on": ended, "item_checked_count": dice.randint(1, 30), "finding_count": dice.choice([0, 1, 2, 5]),
            "order_issued_on": _after(dice, started, 0, 3, 40, None),
            "report_filed_on": None if ended is None else _after(dice, ended, 5, 15, 15, 16, None)}


def _assessment(dice: Dice, quarter: str) -> Row:
    found = dice.choice([0, 3, 6])
    day = dice.choice([near(dice, quarter, 30), period_start(quarter) - timedelta(days=300)])
    return {"assessed_on": day, "risk_found_count": found, "risk_closed_count": _part(dice, found),
            "risk_past_due_count": dice.choice([0, 0, 1, found + 1])}


def _project(dice: Dice, month: str) -> Row:
    approved = near(dice, month, 200, may_lack=0.15)
    return {"approved_on": approved,
            "joint_review_on": _after(dice, approved or period_start(month), -20, -1, 0, 1, 9, None),
            "review_result": dice.choice(["passed", "passed", "conditional", "failed", None]),
            "protection_grade": dice.choice(["level_3", "classified", "level_2", "undecided"]),
            "has_protection_system": _yes(dice),
            "stage": dice.choice(["approval", "procurement", "construction", "operation", "operation", "retired"]),
            **{f"has_{stage}_measures": _yes(dice) for stage in ("procurement", "construction", "operation")}}


def _unit_check(dice: Dice, month: str) -> Row:
    checked = dice.choice([period_end(month), period_start(month), period_start(month) - timedelta(days=200)])
    due = _after(dice, checked, 15, 30, None)
    return {"checked_on": checked, "outcome": dice.choice(["passed", "basic", "failed", "pending"]),
            "rectification_due_on": due, "rectified_on": due and _after(dice, due, -5, 0, 0, 1, None)}


def _tip(dice: Dice, month: str) -> Row:
    received = dice.choice([period_end(month) - timedelta(days=days) for days in (0, 6, 7, 8, 28, 59, 60, 61, 300)])
    return {"received_on": received, "accepted_on": _after(dice, received, 0, 6, 7, 7, 8, None),
            "decided_on": _after(dice, received, 5, 7, 8, 59, 60, 60, 61, None), "reward_given": dice.random() < 0.5,
            "outcome": dice.choice(["substantiated", "partly", "substantiated", "not_accepted", "handed_over",
                                    "unsubstantiated", "pending"])}


def _alert(dice: Dice, month: str) -> Row:
    day = period_end(month) - timedelta(days=dice.choice([0, 0, 1, 2, 14, 15, 16, 200]))
    received = datetime.combine(day, time(dice.randint(0, 23), dice.choice([0, 59])))
    minutes = dice.choice([30, 1440, 1440, 1441, 4000, None])
    return {"alert_received_at": received,
            "verified_at": None if minutes is None else received + timedelta(minutes=minutes),
            "result": dice.choice(["true_alert", "false_alarm", "true_alert", "undecided"]),
            "disposed_on": _after(dice, day, 2, 14, 15, 15, 16, None)}


def _work_secrets(dice: Dice, quarter: str) -> Row:
    systems, effective = dice.randint(0, 4), near(dice, quarter, 500)
    return {"effective_on": effective, "filed_here_on": near(dice, quarter, 40, may_lack=0.3),
            "last_reviewed_on": dice.choice([None, near(dice, quarter, 300)]), "system_count": systems,
            "systems_tested_count": _part(dice, systems)}


def seen_to(seed: int, tables: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
    """The same rows, with what findings, facilities and organisations tell besides."""
    added: dict[str, Draw] = {"findings": _finding, "self_monitoring_facilities": _facility, "organisations": _key_unit}
    seen = dict(tables)
    for contract, draw in added.items():
        dice = random.Random(f"{contract} {seed}")
        seen[contract] = [{**row, **draw(dice, row["period"])} for row in tables[contract]]
        if contract == "findings":
            for row in seen[contract]:
                row["ordered_on"] = row["found_on"] + timedelta(days=5)
    return seen


def _finding(dice: Dice, month: str) -> Row:
    return {"severity": dice.choice(["minor", "major", "grave"]), "verified_on": near(dice, month, 60, may_lack=0.4),
            "criticised_on": near(dice, month, 40, may_lack=0.5)}


def _facility(dice: Dice, quarter: str) -> Row:
    return {"uses_new_technology": dice.random() < 0.6, "meets_new_technology_rules": _yes(dice)}


def _key_unit(dice: Dice, quarter: str) -> Row:
    return {"key_unit_since": near(dice, quarter, 60, may_lack=0.3),
            "key_unit_until": near(dice, quarter, 30, may_lack=0.7)}


def draw_attempts(dice: Dice, states: Mapping[Any, str], firsts: Mapping[Any, str]) -> dict[str, Any]:
    """How late the late ones came, how much the returned ones held, and what the checks found."""
    faults: list[Row] = []
    returned_rows: dict[Any, int] = {}
    for key, state in states.items():
        if firsts.get(key) == "returned":
            returned_rows[key] = dice.randint(0, 12)
            faults += _draw_faults(dice, key, 1, mandatory=dice.randint(0, 4))
        if state in ("on_time", "late") and firsts.get(key) != "accepted":
            faults += _draw_faults(dice, key, 2 if firsts.get(key) == "returned" else 1, mandatory=0)
    return {"days_late": {key: dice.choice([1, 2, 5, 30]) for key, state in states.items() if state == "late"},
            "returned_rows": returned_rows, "faults": faults}


def _draw_faults(dice: Dice, key: tuple[str, str, str], attempt: int, mandatory: int) -> list[Row]:
    strengths = ["mandatory"] * mandatory + ["query"] * dice.randint(0, 3)
    place = dict(zip(("contract", "division_code", "period"), key, strict=True))
    # several faults may stand in one row, and one of the whole filing in none
    return [{**place, "attempt": attempt, "strength": strength, "row": dice.choice([None, 7, 8, 9, 10]),
             "is_explained": strength == "query" and dice.random() < 0.7} for strength in strengths]
