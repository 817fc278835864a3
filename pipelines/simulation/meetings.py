"""Secret meetings and events (Art. 27): with a plan, with devices under control, with support where they are major."""

from collections.abc import Iterator

import numpy as np

from pipelines.simulation.contents import Row, Simulated, World
from pipelines.simulation.organisations import Organisation
from pipelines.simulation.settings import load
from pipelines.simulation.tallies import draw_series, own_chance, series_rows

FEW = 4  # of five meetings or more, major ones are at most half


def _figures(one: Organisation, world: World, quarters: list[str], rng: np.random.Generator) -> Iterator[Row]:
    settings = load("duties")["meetings"]
    usual = float(rng.uniform(0.3, 1.7)) * settings["usual"][world.reporter.kind] * (0.3 if one.is_temporary else 1.0)
    for quarter in quarters:
        meetings = min(settings["most"], int(rng.poisson(0.4 * usual if one.level == "township" else usual)))
        duty = own_chance(world, "meetings_secured", quarter, rng)
        most_major = 0 if one.level == "township" else meetings if meetings <= FEW else meetings // 2
        major = min(most_major, int(rng.binomial(meetings, settings["major_share"])))
        out = int(rng.binomial(meetings, settings["hosted_out_share"]))
        violations = int(rng.binomial(meetings, settings["violation_share"]))
        yield {
            "meetings_count": meetings,
            "with_plan_count": int(rng.binomial(meetings, duty)),
            "with_device_control_count": int(rng.binomial(meetings, duty)),
            "major_count": major,
            "major_supported_count": int(rng.binomial(major, duty)),
            "hosted_out_count": out,
            "hosted_out_bound_count": int(rng.binomial(out, duty)),
            "inspected_count": int(rng.binomial(meetings, settings["inspected_share"])),
            "violation_count": violations,
            "violations_handled_count": int(rng.binomial(violations, duty)),
        }


SIMULATED = Simulated("meetings", draw_series(_figures, "quarter"), series_rows)
