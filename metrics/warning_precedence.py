"""One fact, one warning: of the rules that speak of the same indicator of a division only the strongest is kept.

    deadline or event (`same_fact`)  ┐
    threshold                        ├─ strongest of (month, division, indicator) ── kept, and says what the others say
    statistical                      ┘

Strongest is what still has its cause, then the worse tier, then the more definite kind. What is not kept stands on in
silence: if it is the strongest again in a later month, it comes back under the id that it had.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from metrics.warning_continuity import Standing
from metrics.warning_definitions import TIER_RANKS

# The more definite first: a duty with a name, a limit that was set, a comparison.
KIND_ORDER = ("deadline", "event", "threshold", "statistical")

Told = Mapping[tuple[str, str], tuple[Standing, ...]]
"""(warning_id, month) → what else is said of its fact in that month."""


def keep_strongest(standing: Sequence[Standing], kinds: Mapping[str, str],
                   facts: Mapping[str, str | None]) -> tuple[list[Standing], Told]:
    """The warnings to be shown, in their order, and what each has to tell of those that are not.

    Args:
        standing: all warnings in all months.
        kinds: rule → kind.
        facts: rule → indicator whose fact it speaks of; a rule that is not there speaks of its subject where it is
            about an indicator (thresholds, statistical rules), else of nothing that another could.
    """

    def fact(one: Standing) -> str | None:
        if facts.get(one.about.rule) is not None:
            return facts[one.about.rule]
        return one.about.subject if kinds[one.about.rule] in ("threshold", "statistical") else None

    def place(one: Standing) -> tuple[str, str, str]:
        return one.period, one.about.division_code, fact(one) or ""

    told: dict[tuple[str, str], tuple[Standing, ...]] = {}
    dropped: set[tuple[str, str]] = set()
    shared = sorted((one for one in standing if fact(one) is not None), key=place)
    for _, group in groupby(shared, key=place):
        first, *others = sorted(group, key=_strength(kinds))
        dropped |= {(one.warning_id, one.period) for one in others}
        if others:
            told[first.warning_id, first.period] = tuple(one for one in others if one.seen is not None)
    return [one for one in standing if (one.warning_id, one.period) not in dropped], told


def _strength(kinds: Mapping[str, str]) -> Callable[[Standing], tuple[bool, int, int, str]]:
    return lambda one: (
        one.seen is None, -TIER_RANKS[one.tier], KIND_ORDER.index(kinds[one.about.rule]), one.warning_id)
