"""Quality of reporting (Art. 34, 38), recomputed."""

import pandas as pd

from data_contracts.periods import add_months, last_month
from tests.recomputed.region import Region, parts
from tests.recomputed.registry import Parts, recomputes


def due_filings(region: Region, division: str, month: str) -> pd.DataFrame:
    firsts = region.drawn["first_statuses"]
    rows = [(state, firsts.get(key)) for key, state in region.states.items()
            if key[1] == division and add_months(month, -2) <= last_month(key[2]) <= month]
    return pd.DataFrame(rows, columns=["state", "first_status"])


@recomputes("filed_on_time_share", of_organisations=False)
def filed_on_time(region: Region, division: str, month: str) -> Parts:
    rows = due_filings(region, division, month)
    return parts(rows, rows["state"] == "on_time", True)


@recomputes("first_pass_share", of_organisations=False)
def first_pass(region: Region, division: str, month: str) -> Parts:
    rows = due_filings(region, division, month)
    rows = rows[rows["state"] != "missing"]
    return parts(rows, rows["first_status"] != "returned", True)
