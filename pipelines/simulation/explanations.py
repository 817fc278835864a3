"""Which rows raise a query, and what an honest clerk writes in 说明 then.

The conditions repeat the queries of the contracts that honest rows of this region can meet, in plain Python: an
independent reading of the same rules, which the tests hold against the real checks.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

import numpy as np

from data_contracts.periods import period_end
from pipelines.simulation import duty_queries
from pipelines.simulation.contents import Row
from pipelines.simulation.on_file import Past
from pipelines.simulation.settings import load

Condition = Callable[[Row, date], bool]
# Which rows (by position) of a filing raise a query that looks at the whole filing or back at what is on file.
# A query on the whole filing is told, and explained, at its first row.
LookingBack = Callable[[Sequence[Row], Past, date], Iterable[int]]

CONDITIONS: dict[str, Condition] = {
    "organisations.key_unit_has_body": lambda row, _: _is_key_unit(row) and not row["has_secrecy_body"],
    "organisations.key_unit_has_responsibility_system": lambda row, _: (
        _is_key_unit(row) and not row["has_responsibility_system"]
    ),
    "self_monitoring_facilities.new_technology_meets_rules": lambda row, _: row["meets_new_technology_rules"] is False,
    "self_monitoring_facilities.filed_within_year": lambda row, _: _days(row, "in_use_on", "filed_on") > 366,
    "qualified_units.suspended_before_expiry": lambda row, _: _days(row, "expires_on", "suspended_on") > 0,
    "qualified_units.grade_fits_business": lambda row, _: (
        row["grade"] == "ungraded" and row["business"] in ("carrier", "integration")
    ),
    "qualified_units.expired_long_ago": lambda row, day: (day - row["expires_on"]).days > 365,
    "findings.self_inspection_not_criticised": lambda row, _: (
        row["inspection_kind"] == "self" and row["criticised_on"] is not None
    ),
    "incidents.reported_within_72_hours": lambda row, _: row["reported_at"] - row["found_at"] > timedelta(hours=72),
    "incidents.organisation_expected": lambda row, _: (
        row["organisation_code"] is None and row["category"] in ("category_1", "category_2")
    ),
    "incidents.leak_told_to_competent_body": lambda row, _: row["leak"] == "confirmed" and row["first_body"] == "other",
    "alert_checks.false_alarm_needs_no_measure": lambda row, _: (
        row["result"] == "false_alarm" and row["measure"] not in (None, "none", "remind", "harden")
    ),
    "qualified_unit_checks.passed_with_few_findings": lambda row, _: (
        row["outcome"] == "passed" and row["finding_count"] >= 10
    ),
    "training.not_exactly_all_trained": lambda row, _: row["posts_to_train_count"] == row["posts_trained_count"] >= 200,
    "training.not_exactly_all_assessed": lambda row, _: (
        row["posts_trained_count"] == row["posts_assessed_count"] >= 200
    ),
    "training.large_unit_has_april_activity": lambda row, day: (
        day.month == 6 and row["posts_to_train_count"] >= 200 and row["april_activity_count"] == 0
    ),
    "training.trained_needs_sessions": lambda row, _: row["session_count"] == 0 and row["posts_trained_count"] > 0,
    **duty_queries.CONDITIONS,
}


def unusual(value: Callable[[Sequence[Row]], float], leeway: float) -> LookingBack:
    """Whether a figure of the whole filing may lie further than `leeway` outside the reporter's own usual range.

    Told generously: a clerk who sees a figure far from the median of earlier filings says why, asked or not.
    """

    def raisers(rows: Sequence[Row], past: Past, _: date) -> list[int]:
        for filings in (past.earlier, [filing for filing in past.earlier if filing]):
            figures = [value(filing) for filing in filings]
            if len(figures) >= 3:
                middle = float(np.median(figures))
                spread = float(np.median(np.abs(np.array(figures) - middle)))
                if abs(value(rows) - middle) > max(leeway, 2 * spread):
                    return [0]
        return []

    return raisers


def total(column: str) -> Callable[[Sequence[Row]], float]:
    """The sum of a column over a filing."""
    return lambda rows: float(sum(row[column] or 0 for row in rows))


def count(rows: Sequence[Row]) -> float:
    """The number of rows of a filing."""
    return float(len(rows))


def found_nothing(column: str, fewest: int) -> LookingBack:
    """Whether a filing of at least `fewest` rows has only zeros in a column."""
    return lambda rows, _, __: [0] if len(rows) >= fewest and total(column)(rows) == 0 else []


def doubled(*columns: str, more_than: int = 1) -> LookingBack:
    """Rows of which more than so many in the filing have the same values in some columns."""

    def raisers(rows: Sequence[Row], _: Past, __: date) -> list[int]:
        values = [tuple(row[column] for column in columns) for row in rows]
        times = Counter(values)
        return [place for place, value in enumerate(values) if times[value] > more_than]

    return raisers


def among_others(contract: str, named: str, own: str, holds: Callable[[Row, list[Row]], bool]) -> LookingBack:
    """Rows for which `holds` is true of the row and of those on file in another contract with its `own` as `named`."""

    def raisers(rows: Sequence[Row], past: Past, _: date) -> list[int]:
        there: dict[object, list[Row]] = {}
        for row in past.others.get(contract, ()):
            there.setdefault(row[named], []).append(row)
        return [place for place, row in enumerate(rows) if holds(row, there.get(row[own], []))]

    return raisers


def _covers_too_little(rows: Sequence[Row], past: Past, _: date) -> list[int]:
    registered = {row["organisation_code"] for row in past.others.get("organisations", ())}
    return [0] if len(rows) < 0.92 * len(registered) else []


def _is_copied(rows: Sequence[Row], past: Past, _: date) -> list[int]:
    before = {row["organisation_code"]: row for row in past.previous or ()}
    same = [row for row in rows if _filed(row) == _filed(before.get(row["organisation_code"], {}))]
    return [0] if len(rows) >= 5 and len(same) >= 0.45 * len(rows) else []


def _filed(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "explanation"}


_HAS_NO_FACILITY = among_others(
    "self_monitoring_facilities",
    "organisation_code",
    "organisation_code",
    lambda row, facilities: (
        (row.get("uses_own_facility") or row.get("alert_source") == "own_facility") and not facilities
    ),
)


LOOKING_BACK: dict[str, LookingBack] = {
    "training.covers_the_register": _covers_too_little,
    "training.not_copied": _is_copied,
    "training.posts_beyond_usual": unusual(total("posts_to_train_count"), 50),
    "inspections.key_unit_in_register": among_others(
        "organisations",
        "organisation_code",
        "organisation_code",
        lambda row, known: row["is_key_unit"] and any(one["key_unit_since"] is None for one in known),
    ),
    "inspections.one_inspection_a_day": doubled("organisation_code", "inspection_kind", "started_on"),
    "inspections.organisation_not_inspected_too_often": doubled("organisation_code", more_than=8),
    "inspections.many_inspections_find_something": found_nothing("finding_count", 30),
    "inspections.count_beyond_usual": unusual(count, 25),
    "risk_assessments.own_facility_in_register": _HAS_NO_FACILITY,
    "risk_assessments.one_assessment_a_day": doubled("organisation_code", "assessment_kind", "assessed_on"),
    "risk_assessments.organisation_not_assessed_too_often": doubled("organisation_code", more_than=6),
    "risk_assessments.many_assessments_find_something": found_nothing("risk_found_count", 10),
    "risk_assessments.risks_beyond_usual": unusual(total("risk_found_count"), 60),
    "tips.tips_of_a_day_plausible": doubled("received_on", "channel", more_than=10),
    "tips.count_beyond_usual": unusual(count, 10),
    "alert_checks.own_facility_in_register": _HAS_NO_FACILITY,
    "alert_checks.one_alert_at_a_time": doubled("organisation_code", "alert_received_at"),
    "alert_checks.alerts_of_organisation_plausible": doubled("organisation_code", more_than=20),
    "alert_checks.count_beyond_usual": unusual(count, 15),
    "qualified_unit_checks.checked_before_expiry": among_others(
        "qualified_units",
        "unit_code",
        "unit_code",
        lambda row, units: any(row["checked_on"] > unit["expires_on"] for unit in units),
    ),
    "qualified_unit_checks.checked_after_issued": among_others(
        "qualified_units",
        "unit_code",
        "unit_code",
        lambda row, units: any(row["checked_on"] < unit["issued_on"] for unit in units),
    ),
    "qualified_unit_checks.commissions_within_register": among_others(
        "qualified_units",
        "unit_code",
        "unit_code",
        lambda row, units: any(row["commissions_checked_count"] > unit["live_commission_count"] for unit in units),
    ),
    "qualified_unit_checks.one_check_a_day": doubled("unit_code", "check_kind", "checked_on"),
    "qualified_unit_checks.unit_not_checked_too_often": doubled("unit_code", more_than=4),
    "qualified_unit_checks.count_beyond_usual": unusual(count, 6),
    **duty_queries.LOOKING_BACK,
}


def queries_of(contract: str, row: Row, period: str) -> list[str]:
    """Ids of the queries that a row raises when filed for a period."""
    day = period_end(period)
    return [check for check, holds in CONDITIONS.items() if check.startswith(f"{contract}.") and holds(row, day)]


def explain(contract: str, rows: list[Row], period: str, rng: np.random.Generator) -> list[Row]:
    """The rows with `explanation`: an answer to each query, now and then a needless remark, else None."""
    texts, chance = load("clerks")["explanations"], load("clerks")["needless_chance"]
    explained = []
    for row in rows:
        answers = [texts[check][int(rng.integers(len(texts[check])))] for check in queries_of(contract, row, period)]
        if not answers and rng.random() < chance:
            answers = [texts["needless"][int(rng.integers(len(texts["needless"])))]]
        explained.append({**row, "explanation": "；".join(answers) or None})
    return explained


def explain_looking_back(
    contract: str, rows: list[Row], period: str, pasts: Sequence[Past], rng: np.random.Generator
) -> list[Row]:
    """The rows with an answer to each query of `LOOKING_BACK` that they raise before any of the `pasts`."""
    texts, day = load("clerks")["explanations"], period_end(period)
    explained = [dict(row) for row in rows]
    for check, raisers in LOOKING_BACK.items():
        if not rows or not check.startswith(f"{contract}."):
            continue
        for place in sorted({place for past in pasts for place in raisers(rows, past, day)}):
            answer = texts[check][int(rng.integers(len(texts[check])))]
            before = explained[place].get("explanation")
            explained[place]["explanation"] = f"{before}；{answer}" if before else answer
    return explained


def _is_key_unit(row: Row) -> bool:
    return row["key_unit_since"] is not None and row["key_unit_until"] is None


def _days(row: Row, first: str, last: str) -> int:
    return (row[last] - row[first]).days if row[first] and row[last] else 0
