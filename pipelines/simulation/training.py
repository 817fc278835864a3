"""Secrecy education (Art. 9): each quarter's sessions, the posts planned for it and those trained."""

import numpy as np

from data_contracts.periods import last_month, period_end
from pipelines.simulation.contents import Ask, Row, Simulated, nothing
from pipelines.simulation.organisations import Organisation
from pipelines.simulation.settings import load
from pipelines.simulation.traits import Traits


def training_rows(
    organisations: list[Organisation], traits: Traits, quarter: str, rng: np.random.Generator
) -> list[Row]:
    """One row per organisation that exists at the quarter's end; only the second quarter has April's activities."""
    settings, month, day = load("region")["training"], last_month(quarter), period_end(quarter)
    trained_chance, assessed_chance = traits.chance("trained", month), traits.chance("assessed", month)
    rows: list[Row] = []
    for one in organisations:
        share = rng.uniform(*settings["quarter_share"])
        planned = max(1, round(one.post_count * share))
        own_chance = min(1.0, max(0.0, trained_chance + 0.06 * rng.standard_normal()))
        trained = int(rng.binomial(planned, own_chance))
        assessed, sessions = int(rng.binomial(trained, assessed_chance)), 1 + int(rng.poisson(0.6))
        april = 1 + int(rng.poisson(0.8)) if rng.random() < settings["april_chance"] else 0
        if one.exists_on(day):
            rows.append(
                {
                    "organisation_code": one.code,
                    "session_count": sessions if trained else 0,
                    "posts_to_train_count": planned,
                    "posts_trained_count": trained,
                    "posts_assessed_count": assessed,
                    "april_activity_count": april if quarter.endswith("Q2") else 0,
                }
            )
    return rows


def _known_rows(_: None, ask: Ask) -> list[Row]:
    known = [one for one in ask.world.organisations if one.code in ask.known]
    return training_rows(known, ask.world.traits, ask.period, ask.rng)


SIMULATED = Simulated("training", nothing, _known_rows)
