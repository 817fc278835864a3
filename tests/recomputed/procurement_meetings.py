"""Outsourcing, commissions, procurement, meetings and disclosure (Art. 20, 23, 25–27), recomputed."""

import pandas as pd

from tests.recomputed.region import Region, capped, parts, since, until
from tests.recomputed.registry import Parts, recomputes


def running(region: Region, division: str, month: str) -> pd.DataFrame:
    rows = region.events("outsourced_operations", "contract_code", division, month)
    return rows[(rows["started_on"] <= until(month)) & ~(rows["ended_on"] <= until(month))]


@recomputes("outsourcing_qualification_checked_share")
def outsourcing_checked(region: Region, division: str, month: str) -> Parts:
    rows = running(region, division, month)
    return parts(rows, rows["has_checked_qualification"], True)


@recomputes("outsourcing_scope_bounded_share")
def outsourcing_bounded(region: Region, division: str, month: str) -> Parts:
    rows = running(region, division, month)
    return parts(rows, rows["has_bounded_scope"], True)


@recomputes("outsourcing_agreement_share")
def outsourcing_agreed(region: Region, division: str, month: str) -> Parts:
    rows = running(region, division, month)
    return parts(rows, rows["agreement_signed_on"] <= until(month), True)


@recomputes("outsourcing_staff_agreement_share")
def outsourcing_staff(region: Region, division: str, month: str) -> Parts:
    rows = running(region, division, month)
    return parts(rows, capped(rows["staff_signed_count"], rows["staff_count"]), rows["staff_count"])


@recomputes("outsourcing_told_share")
def outsourcing_told(region: Region, division: str, month: str) -> Parts:
    rows = running(region, division, month)
    return parts(rows, rows["told_bureau_on"] <= until(month), True)


def begun(region: Region, division: str, month: str) -> pd.DataFrame:
    rows = region.events("commissioned_work", "commission_code", division, month)
    return rows[rows["started_on"].between(since(month, 12), until(month))]


@recomputes("commission_told_share")
def commission_told(region: Region, division: str, month: str) -> Parts:
    rows = begun(region, division, month)
    return parts(rows, rows["told_bureau_on"] <= until(month), True)


@recomputes("commission_told_30_days_share")
def commission_told_in_time(region: Region, division: str, month: str) -> Parts:
    rows = begun(region, division, month)
    rows = rows[(until(month) - rows["started_on"]).dt.days >= 30]
    return parts(rows, (rows["told_bureau_on"] - rows["started_on"]).dt.days <= 30, True)


@recomputes("commission_supervised_share")
def commission_supervised(region: Region, division: str, month: str) -> Parts:
    rows = region.events("commissioned_work", "commission_code", division, month)
    rows = rows[~(rows["ended_on"] <= until(month)) & ((until(month) - rows["started_on"]).dt.days >= 90)]
    return parts(rows, rows["last_supervised_on"].between(since(month, 12), until(month)), True)


@recomputes("commission_problems_closed_share")
def commission_problems_closed(region: Region, division: str, month: str) -> Parts:
    rows = region.events("commissioned_work", "commission_code", division, month)
    ended_before = rows["ended_on"] < since(month, 12)
    rows = rows[(rows["started_on"] <= until(month)) & ~ended_before]
    return parts(rows, capped(rows["problems_closed_count"], rows["problem_count"]), rows["problem_count"])


def contracted(region: Region, division: str, month: str) -> pd.DataFrame:
    rows = region.events("secret_procurement", "project_code", division, month)
    return rows[rows["contract_on"].between(since(month, 12), until(month))]


@recomputes("procurement_determined_share")
def procurement_determined(region: Region, division: str, month: str) -> Parts:
    rows = contracted(region, division, month)
    return parts(rows, (rows["contract_on"] - rows["determined_secret_on"]).dt.days >= 0, True)


@recomputes("procurement_supplier_agreement_share")
def procurement_supplier(region: Region, division: str, month: str) -> Parts:
    rows = contracted(region, division, month)
    return parts(rows, rows["supplier_agreement_on"] <= until(month), True)


@recomputes("procurement_agency_agreement_share")
def procurement_agency(region: Region, division: str, month: str) -> Parts:
    rows = contracted(region, division, month)
    rows = rows[rows["agency"] != "own"]
    return parts(rows, rows["agency_agreement_on"] <= until(month), True)


@recomputes("procurement_reviewer_agreement_share")
def procurement_reviewers(region: Region, division: str, month: str) -> Parts:
    rows = contracted(region, division, month)
    return parts(rows, capped(rows["reviewer_agreement_count"], rows["reviewer_count"]), rows["reviewer_count"])


@recomputes("meeting_plan_share")
def meeting_plan(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("meetings", division, month, 12)
    return parts(rows, capped(rows["with_plan_count"], rows["meetings_count"]), rows["meetings_count"])


@recomputes("meeting_device_control_share")
def meeting_devices(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("meetings", division, month, 12)
    return parts(rows, capped(rows["with_device_control_count"], rows["meetings_count"]), rows["meetings_count"])


@recomputes("major_meeting_supported_share")
def major_supported(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("meetings", division, month, 12)
    return parts(rows, capped(rows["major_supported_count"], rows["major_count"]), rows["major_count"])


@recomputes("meeting_violations_per_100")
def meeting_violations(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("meetings", division, month, 12)
    return parts(rows, rows["violation_count"], rows["meetings_count"])


@recomputes("unreviewed_publication_share")
def published_unreviewed(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("disclosure_reviews", division, month, 12)
    return parts(rows, capped(rows["published_unreviewed_count"], rows["published_count"]), rows["published_count"])


@recomputes("withheld_share")
def withheld(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("disclosure_reviews", division, month, 12)
    return parts(rows, capped(rows["withheld_count"], rows["reviewed_count"]), rows["reviewed_count"])


@recomputes("unsuitable_publications_per_1000")
def found_after(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("disclosure_reviews", division, month, 12)
    return parts(rows, rows["found_after_count"], rows["published_count"])
