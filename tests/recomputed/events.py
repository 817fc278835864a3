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
