"""A warning through time: the same cause continues the same warning, and calm must last before it is believed.

    tier seen      none  yellow  orange  yellow  yellow  none    none
    tier standing  –     yellow  orange  orange  yellow  yellow  –
    status               new     raised  contin. lowered contin.

It rises at once. It falls only after two better months in a row (a rule may ask for one where the matter is simply
done, as with a reminder of a deadline that was then kept), to the worst of them, and is closed after as many months
without a cause; closed, the same cause opens a new warning. A month that cannot be judged (nothing filed) changes
nothing and does not count as better. What stands in a month depends on that month and those before it alone, so later
months never rewrite an id.

A division that is merged or split up leaves its warnings to its successor where the same cause (rule and subject) is
seen there before it would have closed: the id goes on, under the successor's code from the month in which it is seen.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from metrics.warning_definitions import CALM_PERIODS, TIER_RANKS

UNKNOWN = "unknown"

Months = list[tuple[str, str | None]]  # month, and the tier seen in it


class Subject(NamedTuple):
    """What a warning is about: one rule, one reporter, one organisation, unit, contract, incident or indicator."""

    rule: str
    division_code: str
    subject: str


class Sighting(NamedTuple):
    """The tier of a cause seen in a month, or `unknown` where it could not be judged.

    `calm_periods`: better months in a row that it takes to come down from this tier.
    """

    about: Subject
    period: str
    tier: str
    calm_periods: int = CALM_PERIODS


class Succession(NamedTuple):
    """The last month of a division that ended, and the division that came after it."""

    last_period: str
    successor: str


@dataclass(frozen=True)
class Standing:
    """A warning in one month in which it stands.

    `seen` is the tier seen in this month, None without a cause; `cause_period` the newest month with a cause, whose
    words and evidence speak for it; `tier_period` the newest month in which just this tier was seen, whose measure is
    due; `tier_since` the month in which the warning came to this tier, from which its clock runs. `origin` is what it
    was about when it began: other than `about` where it came from a division that has ended.
    """

    warning_id: str
    about: Subject
    period: str
    first_period: str
    tier: str
    previous_tier: str | None
    status: str
    seen: str | None
    cause_period: str
    tier_period: str
    tier_since: str
    origin: Subject


def warning_id(about: Subject, first_period: str) -> str:
    """Id of a warning, from nothing but what it is about and when it began: `W-202608-3f9a1c07`."""
    text = "|".join((*about, first_period))
    return f"W-{first_period.replace('-', '')}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def continue_warnings(sightings: Iterable[Sighting], periods: Sequence[str],
                      successions: Mapping[str, Succession] | None = None) -> list[Standing]:
    """All warnings in all months in which they stand, by month and subject.

    Args:
        sightings: at most one per subject and month, in any order; months without one had no cause.
        periods: months evaluated, oldest first.
        successions: divisions that ended; one step of succession is followed.

    Raises:
        ValueError: two sightings of one subject in one month, or two warnings with one id.
    """
    seen: dict[Subject, dict[str, Sighting]] = {}
    for sighting in sightings:
        by_period = seen.setdefault(sighting.about, {})
        if sighting.period in by_period:
            raise ValueError(f"{sighting.about} 在 {sighting.period} 有两次判定")
        by_period[sighting.period] = sighting
    courses = {about: _course(about, by_period, periods) for about, by_period in seen.items()}
    for heir, legacies in _legacies(courses, successions or {}).items():
        for about, course in _inherit(heir, legacies, seen, courses, periods):
            courses[about] = course
    standing = [one for course in courses.values() for one in course]
    owners: dict[str, tuple[Subject, str]] = {}
    for one in standing:
        owner = (one.origin, one.first_period)
        if owners.setdefault(one.warning_id, owner) != owner:
            raise ValueError(f"预警编号 {one.warning_id} 重复：{owners[one.warning_id]} 与 {owner}")
    return sorted(standing, key=lambda one: (one.period, one.about, one.first_period))


def _course(about: Subject, seen: Mapping[str, Sighting], periods: Sequence[str]) -> list[Standing]:
    """One subject through all months."""
    course: list[Standing] = []
    last: Standing | None = None
    better: Months = []  # the better months since the last one that was not, oldest first
    for period in periods:
        tier = seen[period].tier if period in seen else None
        if last is None:
            last, better = _open(about, period, tier), []
        elif tier == UNKNOWN:
            last = _stay(last, period, seen=UNKNOWN)
        elif _rank(tier) >= _rank(last.tier):
            last, better = _stay(last, period, tier) if tier == last.tier else _raise(last, period, tier), []
        else:
            last, better = _ease(last, [*better, (period, tier)], seen[last.tier_period].calm_periods)
        if last is not None:
            course.append(last)
    return course


def _legacies(courses: Mapping[Subject, Sequence[Standing]],
              successions: Mapping[str, Succession]) -> dict[Subject, list[tuple[Standing, str]]]:
    """What a successor may take over: warnings that stood in their division's last month, gravest and oldest first."""
    found: dict[Subject, list[tuple[Standing, str]]] = {}
    for about, course in courses.items():
        end = successions.get(about.division_code)
        last = next((one for one in course if end is not None and one.period == end.last_period), None)
        heir = about if end is None else about._replace(division_code=end.successor)
        if end is not None and last is not None and heir in courses:
            found.setdefault(heir, []).append((last, end.last_period))
    for legacies in found.values():
        legacies.sort(key=lambda one: (-_rank(one[0].tier), one[0].first_period, one[0].about))
    return found


def _inherit(heir: Subject, legacies: Sequence[tuple[Standing, str]], seen: Mapping[Subject, Mapping[str, Sighting]],
             courses: Mapping[Subject, Sequence[Standing]],
             periods: Sequence[str]) -> Iterator[tuple[Subject, list[Standing]]]:
    """The courses of a successor and of the one predecessor whose warning it carries on; none if it had its own."""
    (legacy, last_period), *_ = legacies
    if any(one.period == last_period for one in courses[heir]):
        return
    old = legacy.about
    after = [period for period in periods if period > last_period]
    first_seen = next((p for p in after if p in seen[heir] and seen[heir][p].tier != UNKNOWN), None)
    joined = {p: one for p, one in seen[old].items() if p <= last_period}
    joined |= {p: one for p, one in seen[heir].items() if p > last_period}
    course = _course(old, joined, periods)
    carried = [one for one in course if one.warning_id == legacy.warning_id]
    if first_seen is None or all(one.period != first_seen for one in carried):  # it had closed before it was seen again
        return
    closed = carried[-1].period
    own = {p: one for p, one in seen[heir].items() if p <= last_period or p > closed}
    yield old, [one for one in course if one.period < first_seen]
    yield heir, [replace(one, about=heir) for one in carried if one.period >= first_seen] + _course(heir, own, periods)


def _rank(tier: str | None) -> int:
    return 0 if tier is None else TIER_RANKS[tier]


def _open(about: Subject, period: str, tier: str | None) -> Standing | None:
    if tier is None or tier == UNKNOWN:
        return None
    identity = warning_id(about, period)
    return Standing(identity, about, period, period, tier, None, "new", tier, period, period, period, about)


def _raise(last: Standing, period: str, tier: str | None) -> Standing:
    assert tier is not None
    return replace(last, period=period, tier=tier, previous_tier=last.tier, status="raised", seen=tier,
                   cause_period=period, tier_period=period, tier_since=period)


def _stay(last: Standing, period: str, seen: str | None) -> Standing:
    has_cause = seen is not None and seen != UNKNOWN
    return replace(
        last, period=period, previous_tier=last.tier, status="continuing", seen=seen,
        cause_period=period if has_cause else last.cause_period,
        tier_period=period if seen == last.tier else last.tier_period,
    )


def _ease(last: Standing, better: Months, calm_periods: int) -> tuple[Standing | None, Months]:
    """What becomes of a warning in a better month, the last of `better`, and which months still count as better."""
    period, seen = better[-1]
    if len(better) < calm_periods:
        return _stay(last, period, seen), better
    worst_period, worst = max(better, key=lambda month: (_rank(month[1]), month[0]))
    if worst is None:
        return None, []
    lowered = replace(last, period=period, tier=worst, previous_tier=last.tier, status="lowered", seen=seen,
                      cause_period=last.cause_period if seen is None else period,
                      tier_period=worst_period, tier_since=period)
    return lowered, [month for month in better if month[0] > worst_period]
