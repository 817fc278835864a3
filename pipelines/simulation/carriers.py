"""Carriers destroyed and devices retired (Art. 18); devices that wait are carried over to the next quarter."""

from collections.abc import Iterator

import numpy as np

from pipelines.simulation.contents import Row, Simulated, World
from pipelines.simulation.draws import draw_between
from pipelines.simulation.organisations import Organisation
from pipelines.simulation.settings import load
from pipelines.simulation.tallies import draw_series, own_chance, series_rows


def _figures(one: Organisation, world: World, quarters: list[str], rng: np.random.Generator) -> Iterator[Row]:
    settings = load("duties")["carrier_disposal"]
    waiting, has_log = draw_between(settings["waiting"], rng), rng.random() < settings["log_chance"]
    for quarter in quarters:
        duty = own_chance(world, "routine_duty", quarter, rng)
        batches = int(rng.random() < settings["central_chance"]) + int(rng.random() < settings["second_batch_chance"])
        carriers = 1 + int(np.exp(rng.normal(*settings["log_carriers"]))) if batches else 0
        own = draw_between(settings["self_destroyed"], rng) if rng.random() < settings["self_chance"] else 0
        retired = int(rng.poisson(settings["retired"]["township" if one.level == "township" else "other"]))
        handed_over = int(rng.binomial(waiting + retired, settings["hand_over_chance"] * duty))
        yield {
            "central_batch_count": batches,
            "centrally_destroyed_count": min(carriers, settings["most_carriers"]),
            "self_destroyed_count": own,
            "self_logged_count": int(rng.binomial(own, duty)) if has_log else 0,
            "devices_opening_count": waiting,
            "devices_retired_count": retired,
            "devices_scrapped_count": int(rng.binomial(handed_over, duty)),
            "devices_handed_over_count": handed_over,
            "devices_waiting_count": waiting + retired - handed_over,
            "has_disposal_log": has_log,
        }
        waiting += retired - handed_over


SIMULATED = Simulated("carrier_disposal", draw_series(_figures, "quarter"), series_rows)
