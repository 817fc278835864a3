"""Classification (Art. 14–16), recomputed."""

import pandas as pd

from tests.recomputed.region import Region, capped, parts
from tests.recomputed.registry import Parts, recomputes


@recomputes("record_complete_share")
def record_complete(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("classification_reviews", division, month, 12)
    return parts(rows, capped(rows["full_record_count"], rows["determined_count"]), rows["determined_count"])


@recomputes("classification_reviewed_share")
def reviewed(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("classification_reviews", division, month, 12)
    to_review = rows["opening_count"] + rows["determined_count"]
    return parts(rows, capped(rows["reviewed_count"], to_review), to_review)


@recomputes("expired_undecided_share")
def expired_undecided(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("classification_reviews", division, month, 12)
    expiring = rows["due_to_expire_count"]
    return parts(rows, capped(rows["expired_undecided_count"], expiring), expiring)


@recomputes("declassification_notified_share")
def notified(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("classification_reviews", division, month, 12)
    return parts(rows, capped(rows["notified_count"], rows["declassified_count"]), rows["declassified_count"])


def holders(region: Region, division: str, month: str) -> pd.DataFrame:
    rows = region.tallies("classification_reviews", division, month, 12)
    return rows[(rows["opening_count"] > 0) | (rows["determined_count"] > 0)]


@recomputes("expiry_reminder_share")
def expiry_reminder(region: Region, division: str, month: str) -> Parts:
    rows = holders(region, division, month)
    return parts(rows, rows["has_expiry_reminder"], True)


@recomputes("classification_embedded_share")
def embedded(region: Region, division: str, month: str) -> Parts:
    rows = holders(region, division, month)
    return parts(rows, rows["has_embedded_flow"], True)
