"""Education, people and means (Art. 5, 7–11, 29), recomputed."""

import numpy as np

from tests.recomputed.region import Region, capped, parts
from tests.recomputed.registry import Parts, recomputes


@recomputes("trained_share")
def trained(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("training", division, month, 12)
    to_train = rows["posts_to_train_count"]
    return parts(rows, np.minimum(rows["posts_trained_count"], to_train), to_train)


@recomputes("secrecy_body_share")
def body_or_post(region: Region, division: str, month: str) -> Parts:
    rows = region.register("organisations", division, month)
    return parts(rows, rows["has_secrecy_body"] | rows["has_secrecy_post"], True)


@recomputes("training_assessed_share")
def assessed(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("training", division, month, 12)
    done = capped(rows["posts_trained_count"], rows["posts_to_train_count"])
    return parts(rows, capped(rows["posts_assessed_count"], done), done)


@recomputes("april_activity_share")
def april_activity(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("training", division, month, 12)
    rows = rows[rows["period"].str.endswith("Q2")]
    return parts(rows, rows["april_activity_count"] >= 1, True)


@recomputes("responsibility_system_share")
def responsibility(region: Region, division: str, month: str) -> Parts:
    rows = region.register("organisations", division, month)
    return parts(rows, rows["has_responsibility_system"], True)


@recomputes("bureau_posts_filled_share", of_organisations=False)
def bureau_posts(region: Region, division: str, month: str) -> Parts:
    rows = region.register("capacity", division, month)
    return parts(rows, capped(rows["posts_filled_count"], rows["posts_count"]), rows["posts_count"])


@recomputes("development_plan_share", of_organisations=False)
def development_plan(region: Region, division: str, month: str) -> Parts:
    rows = region.register("capacity", division, month)
    return parts(rows, rows["in_development_plan"], True)


@recomputes("budget_line_share", of_organisations=False)
def budget_line(region: Region, division: str, month: str) -> Parts:
    rows = region.register("capacity", division, month)
    return parts(rows, rows["has_budget_line"], True)


@recomputes("budget_executed_share", of_organisations=False)
def budget_executed(region: Region, division: str, month: str) -> Parts:
    rows = region.register("capacity", division, month)
    rows = rows[rows["budget_amount"] > 0]
    spent, budget = ((100 * rows[name]).round() for name in ("spent_amount", "budget_amount"))  # in hundreds of yuan
    return parts(rows, spent * 10 >= budget * 9, True)


@recomputes("townships_named_share", of_organisations=False)
def townships_named(region: Region, division: str, month: str) -> Parts:
    rows = region.register("capacity", division, month)
    return parts(rows, capped(rows["townships_named_count"], rows["townships_count"]), rows["townships_count"])


@recomputes("villages_liaison_share", of_organisations=False)
def villages_liaison(region: Region, division: str, month: str) -> Parts:
    rows = region.register("capacity", division, month)
    return parts(rows, capped(rows["villages_liaison_count"], rows["villages_count"]), rows["villages_count"])


@recomputes("border_system_share", of_organisations=False)
def border_system(region: Region, division: str, month: str) -> Parts:
    rows = region.register("capacity", division, month)
    rows = rows[rows["is_border"]]
    return parts(rows, rows["has_border_system"], True)
