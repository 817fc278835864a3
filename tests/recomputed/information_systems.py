"""Information systems and self-monitoring (Art. 22), recomputed."""

from tests.recomputed.region import Region, parts, until
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
