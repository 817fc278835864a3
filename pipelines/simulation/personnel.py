"""Secret posts (Art. 30–33): reviewed before the post and again, left with every step done, in the release period."""

from collections.abc import Iterator

import numpy as np

from pipelines.simulation.contents import Row, Simulated, World
from pipelines.simulation.organisations import Organisation
from pipelines.simulation.settings import load
from pipelines.simulation.tallies import draw_series, own_chance, series_rows


def _figures(one: Organisation, world: World, quarters: list[str], rng: np.random.Generator) -> Iterator[Row]:
    settings = load("duties")["personnel_duties"]
    posts = min(settings["most_posts"], round(one.post_count * float(rng.uniform(*settings["post_share"]))))
    posts = max(posts, settings["fewest_posts_of_key_unit"] if one.key_since else 0)
    filled = int(rng.binomial(posts, settings["filled_share"]))
    leavers = [int(rng.poisson(posts * settings["left_share"])) for _ in range(settings["release_quarters"])]
    has_rights = rng.random() < settings["rights_chance"]
    for quarter in quarters:
        duty = own_chance(world, "personnel_reviewed", quarter, rng)
        left = min(filled // 2, int(rng.binomial(filled, settings["left_share"])))
        appointed = int(rng.binomial(posts - filled + left, settings["appointed_share"]))
        failed = int(rng.binomial(appointed, settings["failed_share"]))
        due = int(rng.binomial(filled, settings["due_share"]))
        leavers = [*leavers[1:], left]
        opening, filled = filled, filled + appointed - left
        yield {
            "secret_posts_count": posts,
            "opening_filled_count": opening,
            "pre_reviewed_count": appointed + failed,
            "pre_review_failed_count": failed,
            "appointed_count": appointed,
            "appointed_reviewed_count": int(rng.binomial(appointed, duty)),
            "re_review_due_count": due,
            "re_review_done_count": int(rng.binomial(due, duty)),
            "change_review_count": int(rng.poisson(posts * settings["change_share"])),
            "left_count": left,
            "left_complete_count": int(rng.binomial(left, duty)),
            "posts_filled_count": filled,
            "release_period_count": sum(leavers),
            "release_violation_count": int(rng.binomial(sum(leavers), settings["violation_share"])),
            "has_rights_protection": has_rights,
        }


SIMULATED = Simulated("personnel_duties", draw_series(_figures, "quarter"), series_rows)
