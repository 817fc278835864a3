"""Which rows raise a query, and what an honest clerk writes in 说明 then.

The conditions repeat the queries of the contracts that honest rows of this region can meet, in plain Python: an
independent reading of the same rules, which the tests hold against the real checks.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

import numpy as np

from data_contracts.periods import period_end
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
    "training.not_exactly_all_trained": lambda row, _: row["posts_to_train_count"] == row["posts_trained_count"] >= 200,
    "training.not_exactly_all_assessed": lambda row, _: (
        row["posts_trained_count"] == row["posts_assessed_count"] >= 200
    ),
    "training.large_unit_has_april_activity": lambda row, day: (
        day.month == 6 and row["posts_to_train_count"] >= 200 and row["april_activity_count"] == 0
    ),
    "training.trained_needs_sessions": lambda row, _: row["session_count"] == 0 and row["posts_trained_count"] > 0,
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


def unregistered(column: str, contract: str, named: str, wanted: Callable[[Row], bool]) -> LookingBack:
    """Rows that are `wanted` to have their `column` among the values of `named` on file in another contract."""

    def raisers(rows: Sequence[Row], past: Past, _: date) -> list[int]:
        there = {row[named] for row in past.others.get(contract, ())}
        return [place for place, row in enumerate(rows) if wanted(row) and row[column] not in there]

    return raisers


LOOKING_BACK: dict[str, LookingBack] = {
    "training.posts_beyond_usual": unusual(total("posts_to_train_count"), 30),
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
