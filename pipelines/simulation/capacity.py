"""What a bureau has to work with (Art. 5, 8, 10, 11, 29): posts, money, and people named in townships and villages."""

from typing import Any

import numpy as np

from data_contracts.divisions import load_divisions
from data_contracts.periods import last_month, periods_between
from pipelines.simulation.contents import Ask, Row, Simulated, World
from pipelines.simulation.draws import draw_between
from pipelines.simulation.settings import load


def equip(world: World, rng: np.random.Generator) -> dict[str, Row]:
    """The reporter's row of every year that ends within the time."""
    settings, kind = load("duties")["capacity"], world.reporter.kind
    divisions = load_divisions().set_index("division_code")
    is_border = bool(divisions.loc[world.reporter.code, "is_border"])
    posts, budget = draw_between(settings["posts"][kind], rng), float(rng.uniform(*settings["budget"][kind]))
    townships = draw_between(settings["townships"][kind], rng)
    fixed: dict[str, Any] = {
        "area_code": world.reporter.code,
        "posts_count": posts,
        "posts_filled_count": max(1, int(rng.binomial(posts, settings["filled_share"]))),
        "in_development_plan": rng.random() < settings["plan_chance"],
        "has_budget_line": rng.random() < settings["budget_line_chance"],
        "service_site_count": draw_between(settings["sites"][kind], rng),
        "expert_count": draw_between(settings["experts"][kind], rng),
        "townships_count": townships,
        "villages_count": sum(draw_between(settings["villages_per_township"], rng) for _ in range(townships)),
        "is_border": is_border,
    }
    years: dict[str, Row] = {}
    for year in periods_between(world.first, world.last, "year"):
        budget *= float(rng.uniform(1.0, settings["most_growth"]))
        years[year] = {**fixed, **_moving(fixed, budget, world.traits.chance("network_manned", last_month(year)), rng)}
    return years


def _moving(fixed: Row, budget: float, manned: float, rng: np.random.Generator) -> Row:
    settings = load("duties")["capacity"]
    granted = round(budget, 2) if fixed["has_budget_line"] else 0.0
    spent = round((granted or 0.3 * budget) * float(rng.uniform(*settings["spent_share"])), 2)
    return {
        "budget_amount": granted,
        "spent_amount": spent,
        "equipment_amount": round(spent * float(rng.uniform(*settings["equipment_share"])), 2),
        "townships_named_count": int(rng.binomial(fixed["townships_count"], manned)),
        "villages_liaison_count": int(rng.binomial(fixed["villages_count"], manned)),
        "has_border_system": rng.random() < settings["border_system_chance"] if fixed["is_border"] else None,
    }


def capacity_rows(years: dict[str, Row], ask: Ask) -> list[Row]:
    """The one row of the reporter."""
    return [dict(years[ask.period])]


SIMULATED = Simulated("capacity", equip, capacity_rows)
