"""The year's review of what was classified (Art. 14–16): held, determined, reviewed, declassified, and held on."""

from collections.abc import Iterator

import numpy as np

from pipelines.simulation.contents import Row, Simulated, World
from pipelines.simulation.draws import draw_between
from pipelines.simulation.organisations import Organisation
from pipelines.simulation.settings import load
from pipelines.simulation.tallies import draw_series, own_chance, series_rows


def _figures(one: Organisation, world: World, years: list[str], rng: np.random.Generator) -> Iterator[Row]:
    settings = load("duties")["classification_reviews"]
    holds = one.key_since is not None or rng.random() < settings["holds_chance"][one.level]
    bounds = settings["key_unit_held" if one.key_since else "held"]
    opening = draw_between(bounds, rng) if holds else 0
    has_reminder, has_flow = (rng.random() < settings[name] for name in ("reminder_chance", "flow_chance"))
    for year in years:
        duty = own_chance(world, "classification_reviewed", year, rng)
        determined = int(rng.poisson(opening * settings["determined_share"]))
        due = int(rng.binomial(opening, settings["due_share"]))
        undecided = min(settings["most_undecided"], int(rng.binomial(due, 1 - duty)))
        extended = int(rng.binomial(due - undecided, settings["extended_share"]))
        on_expiry = due - undecided - extended
        declassified = on_expiry + int(rng.binomial(opening - due, settings["early_share"]))
        closing = opening + determined - declassified
        yield {
            "opening_count": opening,
            "determined_count": determined,
            "full_record_count": int(rng.binomial(determined, duty)),
            "reviewed_count": int(rng.binomial(opening + determined, duty)),
            "due_to_expire_count": due,
            "extended_count": extended,
            "declassified_on_expiry_count": on_expiry,
            "expired_undecided_count": undecided,
            "declassified_count": declassified,
            "notified_count": int(rng.binomial(declassified, duty)),
            "closing_count": closing,
            "has_expiry_reminder": has_reminder,
            "has_embedded_flow": has_flow,
        }
        opening = closing


SIMULATED = Simulated("classification_reviews", draw_series(_figures, "year"), series_rows)
