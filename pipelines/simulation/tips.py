"""Tips from the public (Art. 36): received, accepted, decided, forwarded, now and then rewarded."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data_contracts.periods import month_range, period_end, period_start
from pipelines.simulation.contents import Row, Simulated, World
from pipelines.simulation.draws import draw_between, draw_day, draw_weighted, known_by
from pipelines.simulation.settings import load

DECIDED_BY_INQUIRY = ("substantiated", "partly", "unsubstantiated")


@dataclass(frozen=True)
class Tip:
    """One tip with every date it will ever have; nothing of who gave it or whom it is about."""

    code: str
    channel: str
    received_on: date
    accepted_on: date | None
    decided_on: date
    outcome: str
    forwarded_on: date | None
    forwarded_to: str | None
    rewarded_on: date | None
    reward_cny: int | None

    @property
    def settled_on(self) -> date:
        """The last day on which anything happened to it."""
        return max(day for day in (self.decided_on, self.forwarded_on, self.rewarded_on) if day)


def receive_tips(world: World, rng: np.random.Generator) -> list[Tip]:
    """All tips of a reporter over the months of its traits, in order of the day received."""
    traits, tips = world.traits, list[Tip]()
    for month in month_range(traits.months[0], traits.months[-1]):
        mean = load("region")["tips"]["per_month"][world.reporter.kind] * traits.rate("tips", month)
        days = sorted(draw_day(period_start(month), period_end(month), rng) for _ in range(int(rng.poisson(mean))))
        for day in days:
            tips.append(_tip(world, f"JB-{world.reporter.code}-{len(tips) + 1:04d}", day, rng))
    return tips


def _tip(world: World, code: str, received: date, rng: np.random.Generator) -> Tip:
    settings, region = load("region")["tips"], load("region")
    channels = dict(settings["channel_weights"])
    if f"{received:%Y-%m}" < region["in_force"]:  # the region's platform is of the regulation's making
        del channels["platform"]
    outcome = draw_weighted(settings["outcome_weights"], rng)
    is_prompt = rng.random() < world.traits.chance("tip_accepted_promptly", f"{received:%Y-%m}")
    answered = received + timedelta(days=draw_between(settings["prompt_days" if is_prompt else "slow_days"], rng))
    decided = answered + timedelta(days=draw_between(settings["inquiry_days"], rng))
    is_taken = outcome in DECIDED_BY_INQUIRY
    is_forwarded = outcome == "handed_over" or (is_taken and rng.random() < settings["forwarded_chance"])
    is_rewarded = outcome in ("substantiated", "partly") and rng.random() < settings["reward_chance"]
    ended = decided if is_taken else answered
    return Tip(
        code=code,
        channel=draw_weighted(channels, rng),
        received_on=received,
        accepted_on=answered if is_taken else None,
        decided_on=ended,
        outcome=outcome,
        forwarded_on=answered if is_forwarded else None,
        forwarded_to=draw_weighted(settings["forwarded_weights"], rng) if is_forwarded else None,
        rewarded_on=ended + timedelta(days=draw_between(settings["reward_days"], rng)) if is_rewarded else None,
        reward_cny=100 * draw_between(settings["reward_hundreds"], rng) if is_rewarded else None,
    )


def tip_rows(tips: list[Tip], month: str, since: date) -> list[Row]:
    """The ledger of a month: received by its last day and not settled by `since`, with the state known on that day."""
    day = period_end(month)
    rows = []
    for one in tips:
        if one.received_on > day or one.settled_on <= since:
            continue
        is_forwarded, is_rewarded = known_by(one.forwarded_on, day), known_by(one.rewarded_on, day)
        rows.append(
            {
                "tip_code": one.code,
                "channel": one.channel,
                "received_on": one.received_on,
                "accepted_on": known_by(one.accepted_on, day),
                "decided_on": known_by(one.decided_on, day),
                "outcome": one.outcome if one.decided_on <= day else "pending",
                "is_forwarded": is_forwarded is not None,
                "forwarded_to": one.forwarded_to if is_forwarded else None,
                "reward_given": is_rewarded is not None,
                "reward_cny": float(one.reward_cny) if is_rewarded and one.reward_cny else None,
            }
        )
    return rows


SIMULATED = Simulated("tips", receive_tips, lambda tips, ask: tip_rows(tips, ask.period, ask.since))
