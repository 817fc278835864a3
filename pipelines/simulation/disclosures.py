"""Review before disclosure (Art. 23): what was proposed is published, withheld or carried over as pending."""

from collections.abc import Iterator

import numpy as np

from pipelines.simulation.contents import Row, Simulated, World
from pipelines.simulation.organisations import Organisation
from pipelines.simulation.settings import load
from pipelines.simulation.tallies import draw_series, own_chance, series_rows


def _figures(one: Organisation, world: World, quarters: list[str], rng: np.random.Generator) -> Iterator[Row]:
    settings = load("duties")["disclosure_reviews"]
    kind = "temporary" if one.is_temporary else one.sector if one.sector in settings["usual"] else "other"
    usual, pending = float(rng.uniform(0.3, 1.7)) * settings["usual"][kind], 0
    has_record = rng.random() < settings["record_chance"]
    for quarter in quarters:
        proposed = pending + int(rng.poisson(usual))
        pending = int(rng.binomial(proposed, settings["pending_share"]))
        withheld = int(rng.binomial(proposed - pending, settings["withheld_share"]))
        published, missed = proposed - pending - withheld, 1 - own_chance(world, "disclosure_reviewed", quarter, rng)
        unreviewed = min(int(rng.binomial(published, missed)), settings["most_unreviewed"])
        reviewed = published - unreviewed + withheld
        yield {
            "proposed_count": proposed,
            "reviewed_count": reviewed + int(rng.binomial(pending, 0.4)),
            "published_count": published,
            "published_unreviewed_count": unreviewed,
            "redacted_count": int(rng.binomial(published, settings["redacted_share"])),
            "withheld_count": withheld,
            "pending_count": pending,
            "consulted_count": int(rng.binomial(reviewed, settings["consulted_share"])),
            "found_after_count": int(rng.binomial(published, settings["found_after_share"])),
            "has_review_record": has_record,
        }


SIMULATED = Simulated("disclosure_reviews", draw_series(_figures, "quarter"), series_rows)
