"""Which queries honest record filings and routine duties raise; `explanations` joins them to the others.

Told a little more generously than the checks judge: a clerk who sees an odd figure says why, asked or not.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

import numpy as np

from pipelines.simulation.contents import Row
from pipelines.simulation.on_file import Past

Condition = Callable[[Row, date], bool]
LookingBack = Callable[[Sequence[Row], Past, date], Iterable[int]]
REGISTER, KEY = "organisations", "organisation_code"
FEWEST_FILINGS, SPREADS = 3, 2.7
MAD_SCALE, SMALLEST_SHARE, SMALLEST_SPREAD = 1.4826, 0.1, 1.0
COPIED_SHARE = 0.79


def fewer_than_registered(rows: Sequence[Row], past: Past, _: date) -> list[int]:
    """Whether the filing has fewer rows than a register of organisations on file may have."""
    registered = {row[KEY] for row in past.others.get(REGISTER, ())}
    return [0] if len(rows) < len(registered) else []


def copied(rows: Sequence[Row], past: Past, _: date) -> list[int]:
    """Whether most rows say the same as the earlier filing's."""
    earlier = {row[KEY]: _filed(row) for row in past.previous or ()}
    same = sum(earlier.get(row[KEY]) == _filed(row) for row in rows)
    return [0] if rows and same > COPIED_SHARE * len(rows) else []


def _filed(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "explanation"}


def outside_usual(column: str) -> LookingBack:
    """Whether the filing's sum of a column lies outside the reporter's own usual range."""

    def raisers(rows: Sequence[Row], past: Past, _: date) -> list[int]:
        totals = [sum(row[column] for row in filing) for filing in past.earlier]
        if len(totals) < FEWEST_FILINGS:
            return []
        median = float(np.median(totals))
        deviation = float(np.median(np.abs(np.array(totals) - median)))
        spread = max(MAD_SCALE * deviation, SMALLEST_SHARE * abs(median), SMALLEST_SPREAD)
        return [0] if abs(sum(row[column] for row in rows) - median) > SPREADS * spread else []

    return raisers


def risen(column: str, at_most: int, at_least: int) -> LookingBack:
    """Rows whose figure was small in an earlier filing and is large now."""

    def raisers(rows: Sequence[Row], past: Past, _: date) -> list[int]:
        earlier = {row[KEY]: row[column] for row in past.previous or ()}
        few = {key for key, figure in earlier.items() if figure is not None and figure <= at_most}
        return [place for place, row in enumerate(rows) if row[KEY] in few and row[column] >= at_least]

    return raisers


def carried_over(opening: str, closing: str) -> LookingBack:
    """Rows whose opening figure is not the closing figure of an earlier filing: a filing between was never taken."""

    def raisers(rows: Sequence[Row], past: Past, _: date) -> list[int]:
        earlier = {row[KEY]: row[closing] for row in past.previous or ()}
        return [place for place, row in enumerate(rows) if earlier.get(row[KEY], row[opening]) != row[opening]]

    return raisers


def below_earlier(column: str, before: str) -> LookingBack:
    """Rows whose figure is smaller than another figure of the earlier filing."""

    def raisers(rows: Sequence[Row], past: Past, _: date) -> list[int]:
        earlier = {row[KEY]: row[before] for row in past.previous or ()}
        return [place for place, row in enumerate(rows) if row[column] < earlier.get(row[KEY], 0)]

    return raisers


def changed(column: str, key: str) -> LookingBack:
    """Rows with another value than the earlier filing had."""

    def raisers(rows: Sequence[Row], past: Past, _: date) -> list[int]:
        earlier = {row[key]: row[column] for row in past.previous or ()}
        return [place for place, row in enumerate(rows) if earlier.get(row[key], row[column]) != row[column]]

    return raisers


def all_zero(column: str, fewest_rows: int) -> LookingBack:
    """Whether a filing of many rows holds nothing at all in a column."""

    def raisers(rows: Sequence[Row], _: Past, __: date) -> list[int]:
        return [0] if len(rows) >= fewest_rows and not any(row[column] for row in rows) else []

    return raisers


CONDITIONS: dict[str, Condition] = {
    "outsourced_operations.not_active_long_past_end": lambda row, day: (
        row["state"] == "active" and (day - row["ends_on"]).days > 60
    ),
    "project_reviews.failed_review_stops": lambda row, _: (
        row["review_result"] == "failed" and row["stage"] in ("procurement", "construction", "operation")
    ),
    "project_reviews.graded_before_operation": lambda row, _: (
        row["stage"] == "operation" and row["protection_grade"] == "undecided"
    ),
    "classification_reviews.not_exactly_all_reviewed": lambda row, _: (
        row["reviewed_count"] == row["opening_count"] + row["determined_count"] >= 100
    ),
    "personnel_duties.not_exactly_all_re_reviewed": lambda row, _: (
        row["re_review_done_count"] == row["re_review_due_count"] >= 40
    ),
    "disclosure_reviews.some_withheld": lambda row, _: (
        row["reviewed_count"] >= 300 and row["withheld_count"] == row["redacted_count"] == 0
    ),
}
LOOKING_BACK: dict[str, LookingBack] = {
    "project_reviews.investment_unchanged": changed("planned_investment", "project_code"),
    "classification_reviews.opening_is_previous_closing": carried_over("opening_count", "closing_count"),
    "carrier_disposal.opening_is_previous_waiting": carried_over("devices_opening_count", "devices_waiting_count"),
    "carrier_disposal.centrally_destroyed_usual": outside_usual("centrally_destroyed_count"),
    "personnel_duties.opening_is_previous_filled": carried_over("opening_filled_count", "posts_filled_count"),
    "personnel_duties.left_usual": outside_usual("left_count"),
    "disclosure_reviews.carried_over_is_included": below_earlier("proposed_count", "pending_count"),
    "disclosure_reviews.not_all_zero": all_zero("proposed_count", 10),
    "disclosure_reviews.published_usual": outside_usual("published_count"),
    "meetings.meetings_usual": outside_usual("meetings_count"),
    "meetings.not_suddenly_many": risen("meetings_count", 5, 15),
    **{
        f"{contract}.every_organisation_filed": fewer_than_registered
        for contract in (
            "classification_reviews",
            "carrier_disposal",
            "personnel_duties",
            "disclosure_reviews",
            "meetings",
        )
    },
    **{
        f"{contract}.not_copied": copied
        for contract in ("classification_reviews", "carrier_disposal", "personnel_duties", "disclosure_reviews")
    },
}
