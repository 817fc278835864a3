"""Incidents, tips and alerts (Art. 36, 38, 39), recomputed."""

import pandas as pd

from tests.recomputed.region import Region, parts, since, until
from tests.recomputed.registry import Parts, recomputes


def found_incidents(region: Region, division: str, month: str) -> pd.DataFrame:
    rows = region.known("incidents", "incident_code", month)
    in_window = (rows["found_at"] >= since(month, 12)) & (rows["found_at"] < until(month) + pd.Timedelta(days=1))
    return rows[(rows["division_code"] == division) & in_window]


@recomputes("incident_reported_24h_share")
def reported_24h(region: Region, division: str, month: str) -> Parts:
    rows = found_incidents(region, division, month)
    return parts(rows, (rows["reported_at"] - rows["found_at"]) <= pd.Timedelta(hours=24), True)


@recomputes("incident_others_told_share")
def others_told(region: Region, division: str, month: str) -> Parts:
    rows = found_incidents(region, division, month)
    rows = rows[rows["investigation_opened_on"] <= until(month)]
    return parts(rows, rows["others_told_on"] <= until(month), True)


@recomputes("incident_investigation_days")
def incident_investigation_days(region: Region, division: str, month: str) -> Parts:
    rows = found_incidents(region, division, month)
    ends = rows[["investigation_opened_on", "closed_on"]].assign(month=until(month)).min(axis=1)
    return parts(rows, (ends - rows["reported_at"].dt.normalize()).dt.days.clip(lower=0), True)


def tips_of_a_year(region: Region, division: str, month: str) -> pd.DataFrame:
    rows = region.events("tips", "tip_code", division, month)
    return rows[rows["received_on"].between(since(month, 12), until(month))]


@recomputes("tip_answered_7_days_share", of_organisations=False)
def tip_answered(region: Region, division: str, month: str) -> Parts:
    rows = tips_of_a_year(region, division, month)
    rows = rows[(until(month) - rows["received_on"]).dt.days >= 7]
    declined_on = rows["decided_on"].where(rows["outcome"].isin(["not_accepted", "handed_over"]))
    answered_on = rows["accepted_on"].where(rows["accepted_on"].notna(), declined_on)
    return parts(rows, (answered_on - rows["received_on"]).dt.days <= 7, True)


@recomputes("tip_decided_60_days_share", of_organisations=False)
def tip_decided(region: Region, division: str, month: str) -> Parts:
    rows = tips_of_a_year(region, division, month)
    rows = rows[(until(month) - rows["received_on"]).dt.days >= 60]
    return parts(rows, (rows["decided_on"] - rows["received_on"]).dt.days <= 60, True)


@recomputes("tip_rewarded_share", of_organisations=False)
def tip_rewarded(region: Region, division: str, month: str) -> Parts:
    rows = tips_of_a_year(region, division, month)
    rows = rows[(rows["decided_on"] <= until(month)) & rows["outcome"].isin(["substantiated", "partly"])]
    return parts(rows, rows["reward_given"], True)


def alerts_of_a_year(region: Region, division: str, month: str) -> pd.DataFrame:
    rows = region.events("alert_checks", "alert_code", division, month)
    return rows[rows["alert_received_at"].dt.normalize().between(since(month, 12), until(month))]


@recomputes("alert_verified_24h_share")
def alert_verified(region: Region, division: str, month: str) -> Parts:
    rows = alerts_of_a_year(region, division, month)
    rows = rows[rows["alert_received_at"] < until(month)]  # until is the last day's midnight
    return parts(rows, (rows["verified_at"] - rows["alert_received_at"]) <= pd.Timedelta(days=1), True)


@recomputes("alert_disposed_15_days_share")
def alert_disposed(region: Region, division: str, month: str) -> Parts:
    rows = alerts_of_a_year(region, division, month)
    received = rows["alert_received_at"].dt.normalize()
    rows, received = (frame[(until(month) - received).dt.days >= 15] for frame in (rows, received))
    return parts(rows, (rows["disposed_on"] - received).dt.days <= 15, True)


@recomputes("alert_true_share")
def alert_true(region: Region, division: str, month: str) -> Parts:
    rows = alerts_of_a_year(region, division, month)
    verified = rows["verified_at"].dt.normalize() <= until(month)
    rows = rows[verified & (rows["result"] != "undecided")]
    return parts(rows, rows["result"] == "true_alert", True)
