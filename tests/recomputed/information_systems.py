"""Information systems, self-monitoring and work secrets (Art. 19, 22, 38, 43), recomputed."""

import pandas as pd

from tests.recomputed.region import Region, capped, parts, since, until
from tests.recomputed.registry import Parts, recomputes


@recomputes("facility_filed_share")
def facility_filed(region: Region, division: str, month: str) -> Parts:
    rows = region.register("self_monitoring_facilities", division, month)
    rows = rows[rows["in_use_on"] <= until(month)]
    return parts(rows, rows["filed_on"] <= until(month), True)


@recomputes("facility_synchronous_share")
def facility_synchronous(region: Region, division: str, month: str) -> Parts:
    rows = region.register("self_monitoring_facilities", division, month)
    rows = rows[rows["system_in_use_on"] <= until(month)]
    return parts(rows, (rows["system_in_use_on"] - rows["in_use_on"]).dt.days >= 0, True)


@recomputes("facility_filing_days_p90")
def facility_filing_days(region: Region, division: str, month: str) -> Parts:
    rows = region.register("self_monitoring_facilities", division, month)
    rows = rows[rows["system_in_use_on"] <= until(month)]
    filed_on = rows["filed_on"].where(rows["filed_on"] <= until(month), until(month))
    return parts(rows, (filed_on - rows["system_in_use_on"]).dt.days.clip(lower=0), True)


@recomputes("new_technology_compliant_share")
def new_technology_compliant(region: Region, division: str, month: str) -> Parts:
    rows = region.register("self_monitoring_facilities", division, month)
    rows = rows[(rows["in_use_on"] <= until(month)) & rows["uses_new_technology"]]
    return parts(rows, rows["meets_new_technology_rules"], True)


def assessments_of_a_year(region: Region, division: str, month: str) -> pd.DataFrame:
    rows = region.events("risk_assessments", "assessment_code", division, month)
    return rows[rows["assessed_on"].between(since(month, 12), until(month))]


@recomputes("risk_assessed_share")
def risk_assessed(region: Region, division: str, month: str) -> Parts:
    rows = region.register("self_monitoring_facilities", division, month)
    rows = rows[rows["system_in_use_on"] <= until(month)].drop_duplicates("organisation_code")
    assessed = assessments_of_a_year(region, division, month)["organisation_code"]
    return parts(rows, rows["organisation_code"].isin(assessed), True)


@recomputes("risks_closed_share")
def risks_closed(region: Region, division: str, month: str) -> Parts:
    rows = assessments_of_a_year(region, division, month)
    return parts(rows, capped(rows["risk_closed_count"], rows["risk_found_count"]), rows["risk_found_count"])


@recomputes("risks_past_due_share")
def risks_past_due(region: Region, division: str, month: str) -> Parts:
    rows = assessments_of_a_year(region, division, month)
    return parts(rows, capped(rows["risk_past_due_count"], rows["risk_found_count"]), rows["risk_found_count"])


@recomputes("project_reviewed_share")
def project_reviewed(region: Region, division: str, month: str) -> Parts:
    rows = region.events("project_reviews", "project_code", division, month)
    rows = rows[rows["approved_on"].between(since(month, 12), until(month))]
    in_time = (rows["approved_on"] - rows["joint_review_on"]).dt.days >= 0
    return parts(rows, in_time & rows["review_result"].isin(["passed", "conditional"]), True)


def running_projects(region: Region, division: str, month: str) -> pd.DataFrame:
    rows = region.events("project_reviews", "project_code", division, month)
    return rows[~rows["stage"].isin(["approval", "retired"])]


@recomputes("project_protected_share")
def project_protected(region: Region, division: str, month: str) -> Parts:
    rows = running_projects(region, division, month)
    return parts(rows, (rows["protection_grade"] != "undecided") & rows["has_protection_system"], True)


@recomputes("project_stage_measures_share")
def project_stage_measures(region: Region, division: str, month: str) -> Parts:
    rows = running_projects(region, division, month)
    done = [row[f"has_{row['stage']}_measures"] for row in rows.to_dict("records")]
    return parts(rows, done, True)


@recomputes("work_secret_list_filed_share")
def work_secret_list_filed(region: Region, division: str, month: str) -> Parts:
    rows = region.register("organisations", division, month)
    lists = region.register("work_secret_lists", division, month)
    filed = lists[lists["filed_here_on"] <= until(month)]["organisation_code"]
    return parts(rows, rows["organisation_code"].isin(filed), True)


@recomputes("work_secret_list_fresh_share")
def work_secret_list_fresh(region: Region, division: str, month: str) -> Parts:
    rows = region.register("work_secret_lists", division, month)
    days = rows[["effective_on", "last_reviewed_on"]]
    return parts(rows, ((days >= since(month, 12)) & (days <= until(month))).any(axis=1), True)


@recomputes("work_secret_systems_tested_share")
def work_secret_systems_tested(region: Region, division: str, month: str) -> Parts:
    rows = region.register("work_secret_lists", division, month)
    return parts(rows, capped(rows["systems_tested_count"], rows["system_count"]), rows["system_count"])
