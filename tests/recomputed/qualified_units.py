"""Qualified units (Art. 26), recomputed."""

import pandas as pd

from tests.recomputed.region import Region, parts, since, until
from tests.recomputed.registry import Parts, recomputes


@recomputes("qualification_expired_share", of_organisations=False)
def qualification_expired(region: Region, division: str, month: str) -> Parts:
    rows = region.register("qualified_units", division, month)
    return parts(rows, ~(rows["expires_on"] >= until(month)) & ~(rows["suspended_on"] <= until(month)), True)


@recomputes("unit_checked_share", of_organisations=False)
def unit_checked(region: Region, division: str, month: str) -> Parts:
    rows = region.register("qualified_units", division, month)
    rows = rows[~(rows["suspended_on"] <= until(month))]
    checks = region.known("qualified_unit_checks", "check_code", month)
    checked = checks[checks["checked_on"].between(since(month, 12), until(month))]["unit_code"]
    return parts(rows, rows["unit_code"].isin(checked), True)


def checks_of_a_year(region: Region, division: str, month: str) -> pd.DataFrame:
    rows = region.events("qualified_unit_checks", "check_code", division, month)
    return rows[rows["checked_on"].between(since(month, 12), until(month))]


@recomputes("unit_check_failed_share", of_organisations=False)
def unit_check_failed(region: Region, division: str, month: str) -> Parts:
    rows = checks_of_a_year(region, division, month)
    rows = rows[rows["outcome"].isin(["passed", "basic", "failed"])]
    return parts(rows, rows["outcome"] == "failed", True)


@recomputes("unit_rectified_on_time_share", of_organisations=False)
def unit_rectified_on_time(region: Region, division: str, month: str) -> Parts:
    rows = checks_of_a_year(region, division, month)
    rows = rows[rows["rectification_due_on"] <= until(month)]
    return parts(rows, (rows["rectification_due_on"] - rows["rectified_on"]).dt.days >= 0, True)
