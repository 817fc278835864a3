"""Secret posts (Art. 30–33), recomputed."""

from tests.recomputed.region import Region, capped, parts
from tests.recomputed.registry import Parts, recomputes


@recomputes("appointed_reviewed_share")
def appointed_reviewed(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("personnel_duties", division, month, 12)
    return parts(rows, capped(rows["appointed_reviewed_count"], rows["appointed_count"]), rows["appointed_count"])


@recomputes("re_review_done_share")
def re_review_done(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("personnel_duties", division, month, 12)
    return parts(rows, capped(rows["re_review_done_count"], rows["re_review_due_count"]), rows["re_review_due_count"])


@recomputes("leavers_complete_share")
def leavers_complete(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("personnel_duties", division, month, 12)
    return parts(rows, capped(rows["left_complete_count"], rows["left_count"]), rows["left_count"])


@recomputes("release_violations_per_100")
def release_violations(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("personnel_duties", division, month, 12)
    return parts(rows, rows["release_violation_count"], rows["release_period_count"])


@recomputes("secret_posts_filled_share")
def posts_filled(region: Region, division: str, month: str) -> Parts:
    rows = region.register("personnel_duties", division, month)
    return parts(rows, capped(rows["posts_filled_count"], rows["secret_posts_count"]), rows["secret_posts_count"])


@recomputes("rights_protected_share")
def rights_protected(region: Region, division: str, month: str) -> Parts:
    rows = region.register("personnel_duties", division, month)
    rows = rows[rows["secret_posts_count"] > 0]
    return parts(rows, rows["has_rights_protection"], True)
