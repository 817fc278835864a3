"""Qualified units (Art. 26), recomputed."""

from tests.recomputed.region import Region, parts, until
from tests.recomputed.registry import Parts, recomputes


@recomputes("qualification_expired_share", of_organisations=False)
def qualification_expired(region: Region, division: str, month: str) -> Parts:
    rows = region.register("qualified_units", division, month)
    return parts(rows, ~(rows["expires_on"] >= until(month)) & ~(rows["suspended_on"] <= until(month)), True)
