"""Inspection and rectification (Art. 6, 7, 22, 28, 34, 41), recomputed."""

import pandas as pd

from tests.recomputed.region import Region, parts, since, until
from tests.recomputed.registry import Parts, recomputes


@recomputes("rectified_on_time_share")
def rectified_on_time(region: Region, division: str, month: str) -> Parts:
    rows = region.known("findings", "finding_code", month)
    rows = rows[(rows["division_code"] == division) & rows["due_on"].between(since(month, 12), until(month))]
    return parts(rows, rows["rectified_on"] <= rows["due_on"], True)


@recomputes("overdue_open_per_100_organisations")
def overdue_open(region: Region, division: str, month: str) -> Parts:
    rows = region.known("findings", "finding_code", month)
    done = rows["rectified_on"] <= until(month)
    rows = rows[(rows["division_code"] == division) & ~done & ((until(month) - rows["due_on"]).dt.days >= 1)]
    return pd.concat([parts(rows, 1, 0), parts(region.register("organisations", division, month), 0, 1)])


@recomputes("repeat_finding_share")
def repeated(region: Region, division: str, month: str) -> Parts:
    known = region.known("findings", "finding_code", month)
    rows = known[(known["division_code"] == division) & known["found_on"].between(since(month, 12), until(month))]
    again = []
    for row in rows.itertuples():
        same = known[(known["organisation_code"] == row.organisation_code) & (known["item"] == row.item)]
        earliest = row.found_on - pd.DateOffset(months=24)  # type: ignore[operator]
        again.append(((same["found_on"] >= earliest) & (same["found_on"] < row.found_on)).any())
    return parts(rows, again, True)


def inspected(region: Region, month: str, months: int, *, by_itself: bool) -> pd.Series:
    """Organisations that anybody inspected within so many months."""
    rows = region.known("inspections", "inspection_code", month)
    rows = rows[rows["started_on"].between(since(month, months), until(month))]
    return rows[(rows["inspection_kind"] == "self") == by_itself]["organisation_code"]


@recomputes("organisations_inspected_share")
def organisations_inspected(region: Region, division: str, month: str) -> Parts:
    rows = region.register("organisations", division, month)
    return parts(rows, rows["organisation_code"].isin(inspected(region, month, 12, by_itself=False)), True)


@recomputes("key_units_inspected_share")
def key_units_inspected(region: Region, division: str, month: str) -> Parts:
    rows = region.register("organisations", division, month)
    rows = rows[(rows["key_unit_since"] <= until(month)) & ~(rows["key_unit_until"] < until(month))]
    return parts(rows, rows["organisation_code"].isin(inspected(region, month, 6, by_itself=False)), True)


@recomputes("self_inspected_share")
def self_inspected(region: Region, division: str, month: str) -> Parts:
    rows = region.register("organisations", division, month)
    return parts(rows, rows["organisation_code"].isin(inspected(region, month, 12, by_itself=True)), True)


def inspections_of_a_year(region: Region, division: str, month: str) -> pd.DataFrame:
    rows = region.events("inspections", "inspection_code", division, month)
    return rows[rows["started_on"].between(since(month, 12), until(month))]


def done_by_others(region: Region, division: str, month: str) -> pd.DataFrame:
    rows = inspections_of_a_year(region, division, month)
    return rows[(rows["inspection_kind"] != "self") & (rows["ended_on"] <= until(month))]


@recomputes("inspection_ordered_share")
def inspection_ordered(region: Region, division: str, month: str) -> Parts:
    rows = done_by_others(region, division, month)
    rows = rows[rows["finding_count"] >= 1]
    return parts(rows, rows["order_issued_on"] <= until(month), True)


@recomputes("inspection_report_filed_share")
def inspection_report_filed(region: Region, division: str, month: str) -> Parts:
    rows = inspections_of_a_year(region, division, month)
    rows = rows[(until(month) - rows["ended_on"]).dt.days >= 15]
    return parts(rows, (rows["report_filed_on"] - rows["ended_on"]).dt.days <= 15, True)


@recomputes("findings_per_100_items")
def findings_per_items(region: Region, division: str, month: str) -> Parts:
    rows = done_by_others(region, division, month)
    return parts(rows, rows["finding_count"], rows["item_checked_count"])


def findings_due_in_a_year(region: Region, division: str, month: str) -> pd.DataFrame:
    rows = region.events("findings", "finding_code", division, month)
    return rows[rows["due_on"].between(since(month, 12), until(month))]


@recomputes("rectification_days")
def rectification_days(region: Region, division: str, month: str) -> Parts:
    rows = findings_due_in_a_year(region, division, month)
    ended_on = rows["rectified_on"].where(rows["rectified_on"] <= until(month), until(month))
    return parts(rows, (ended_on - rows["ordered_on"]).dt.days.clip(lower=0), True)


@recomputes("rectification_verified_share")
def rectification_verified(region: Region, division: str, month: str) -> Parts:
    rows = findings_due_in_a_year(region, division, month)
    rows = rows[rows["rectified_on"] <= until(month)]
    return parts(rows, rows["verified_on"] <= until(month), True)


def open_findings(region: Region, division: str, month: str) -> pd.DataFrame:
    rows = region.events("findings", "finding_code", division, month)
    return rows[~(rows["rectified_on"] <= until(month))]


@recomputes("overdue_criticised_share")
def overdue_criticised(region: Region, division: str, month: str) -> Parts:
    rows = open_findings(region, division, month)
    rows = rows[(until(month) - rows["due_on"]).dt.days >= 31]
    return parts(rows, rows["criticised_on"] <= until(month), True)


@recomputes("grave_open_per_100_organisations")
def grave_open(region: Region, division: str, month: str) -> Parts:
    rows = open_findings(region, division, month)
    rows = rows[rows["severity"] == "grave"]
    return pd.concat([parts(rows, 1, 0), parts(region.register("organisations", division, month), 0, 1)])
