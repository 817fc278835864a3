"""What must hold of warnings through time whatever is seen in each month."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.periods import add_months
from metrics.warning_continuity import (
    UNKNOWN,
    Sighting,
    Standing,
    Subject,
    Succession,
    continue_warnings,
    warning_id,
)
from metrics.warning_definitions import TIER_RANKS

ABOUT = Subject("rectification_overdue", "652901", "JG6529010001")
OTHER = Subject("rectification_overdue", "652902", "JG6529020001")
PERIODS = [add_months("2025-01", number) for number in range(24)]

a_course = st.lists(st.sampled_from([None, None, "blue", "yellow", "orange", "red", UNKNOWN]), min_size=1, max_size=24)


def sightings(course: list[str | None], about: Subject = ABOUT, calm: int = 2) -> list[Sighting]:
    months = zip(PERIODS, course, strict=False)
    return [Sighting(about, period, tier, calm) for period, tier in months if tier is not None]


def stand(course: list[str | None], months: int | None = None) -> list[Standing]:
    return continue_warnings(sightings(course), PERIODS[: months or len(course)])


def rank(tier: str | None) -> int:
    return TIER_RANKS.get(tier or "", 0)


@settings(max_examples=300)
@given(a_course)
def test_a_tier_never_lies_below_what_is_seen(course: list[str | None]) -> None:
    standing = {one.period: one for one in stand(course)}
    for period, tier in zip(PERIODS, course, strict=False):
        if tier not in (None, UNKNOWN):
            assert rank(standing[period].tier) >= rank(tier)


@settings(max_examples=300)
@given(a_course)
def test_it_comes_down_only_after_two_better_months(course: list[str | None]) -> None:
    standing = {one.period: one for one in stand(course)}
    judged: list[str | None] = []  # tiers of the months since the last rise or fall that could be judged
    before: Standing | None = None
    for period, tier in zip(PERIODS, course, strict=False):
        now = standing.get(period)
        if tier != UNKNOWN:
            judged.append(tier)
        if before is not None and rank(now.tier if now else None) < rank(before.tier):
            assert all(rank(seen) < rank(before.tier) for seen in judged[-2:]) and len(judged) >= 2
            assert tier != UNKNOWN
        if now is not None and tier == UNKNOWN:
            assert now.status == "continuing"
        before = now


@settings(max_examples=300)
@given(a_course)
def test_two_judged_months_without_a_cause_close_it(course: list[str | None]) -> None:
    standing = {one.period for one in stand(course)}
    judged: list[str | None] = []
    for period, tier in zip(PERIODS, course, strict=False):
        if tier != UNKNOWN:
            judged.append(tier)
        if judged[-2:] == [None, None]:
            assert period not in standing


@settings(max_examples=200)
@given(a_course, st.integers(1, 24))
def test_later_months_never_change_earlier_ones(course: list[str | None], cut: int) -> None:
    months = min(cut, len(course))
    early = stand(course[:months])
    assert early == [one for one in stand(course) if one.period <= PERIODS[months - 1]]


@settings(max_examples=100)
@given(a_course, a_course, st.randoms(use_true_random=False))
def test_neither_order_nor_others_matter(course: list[str | None], other: list[str | None], dice) -> None:  # type: ignore[no-untyped-def]
    both = sightings(course) + sightings(other, OTHER)
    dice.shuffle(both)
    found = [one for one in continue_warnings(both, PERIODS) if one.about == ABOUT]
    assert found == continue_warnings(sightings(course), PERIODS)


@settings(max_examples=200)
@given(a_course, st.sampled_from([1, 2, 3]))
def test_a_warning_is_one_run_of_months_that_begins_new(course: list[str | None], calm: int) -> None:
    standing = continue_warnings(sightings(course, calm=calm), PERIODS)
    seen = dict(zip(PERIODS, course, strict=False))
    by_id: dict[str, list[Standing]] = {}
    for one in standing:
        by_id.setdefault(one.warning_id, []).append(one)
    for run in by_id.values():
        assert [one.status == "new" for one in run] == [True] + [False] * (len(run) - 1)
        assert [one.period for one in run] == [add_months(run[0].period, number) for number in range(len(run))]
        assert {one.first_period for one in run} == {run[0].period}
        for before, now in pairwise(run):
            assert now.previous_tier == before.tier
            change = rank(now.tier) - rank(before.tier)
            assert now.status == {1: "raised", 0: "continuing", -1: "lowered"}[(change > 0) - (change < 0)]
        for one in run:
            assert seen[one.tier_period] == one.tier and one.tier_period <= one.period
            assert seen[one.cause_period] not in (None, UNKNOWN) and one.cause_period <= one.period
            assert one.tier_since <= one.period


HEIR = ABOUT._replace(division_code="652902")
ENDED = {ABOUT.division_code: Succession("2026-03", "652902")}


def passed_on(old: dict[str, str], new: dict[str, str], *others: Sighting) -> list[tuple[str, str, str, str]]:
    """(id, division, month, tier) of all that stands in six months; the old division ends with the third."""
    courses = ((ABOUT, old), (HEIR, new))
    seen = [Sighting(about, month, tier) for about, course in courses for month, tier in course.items()]
    months = [f"2026-0{month}" for month in range(1, 7)]
    return [(one.warning_id, one.about.division_code, one.period, one.tier)
            for one in continue_warnings([*seen, *others], months, ENDED)]


ID = warning_id(ABOUT, "2026-02")


@pytest.mark.parametrize("begins", ["2026-04", "2026-05"])  # before two months without a cause would have closed it
def test_the_successor_carries_on_what_still_has_its_cause(begins: str) -> None:
    found = passed_on({"2026-02": "yellow", "2026-03": "yellow"}, {begins: "orange", "2026-06": "orange"})
    assert {one[0] for one in found if one[2] <= begins} == {ID}
    assert [(division, tier) for name, division, month, tier in found if month == begins] == [("652902", "orange")]
    assert all(division == ABOUT.division_code for _, division, month, _ in found if month < begins)


def test_what_the_successor_does_not_have_closes_with_the_old_division() -> None:
    found = passed_on({"2026-03": "yellow"}, {"2026-06": "yellow"})
    old, new = warning_id(ABOUT, "2026-03"), warning_id(HEIR, "2026-06")
    assert [(name, division, month) for name, division, month, _ in found] == [
        (old, ABOUT.division_code, "2026-03"), (old, ABOUT.division_code, "2026-04"), (new, "652902", "2026-06")]


def test_a_successor_that_had_its_own_warning_keeps_its_own_id() -> None:
    found = passed_on({"2026-02": "red", "2026-03": "red"}, {"2026-03": "yellow", "2026-04": "yellow"})
    assert {name for name, division, month, _ in found if division == "652902"} == {warning_id(HEIR, "2026-03")}


def test_of_two_that_merge_the_graver_is_carried_on() -> None:
    beside = ABOUT._replace(division_code="652903")
    ends = {**ENDED, "652903": Succession("2026-03", "652902")}
    seen = [Sighting(ABOUT, "2026-03", "yellow"), Sighting(beside, "2026-03", "orange"),
            Sighting(HEIR, "2026-04", "red")]
    found = continue_warnings(seen, ["2026-03", "2026-04"], ends)
    assert {one.warning_id for one in found if one.about == HEIR} == {warning_id(beside, "2026-03")}


@given(st.lists(st.sampled_from([None, "yellow", "red"]), min_size=6, max_size=6), st.integers(1, 5))
def test_later_months_never_change_earlier_ones_over_a_merger(course: list[str | None], cut: int) -> None:
    months = [f"2026-0{month}" for month in range(1, 7)]
    seen = [Sighting(ABOUT if month <= "2026-03" else HEIR, month, tier)
            for month, tier in zip(months, course, strict=True) if tier]
    whole = [one for one in continue_warnings(seen, months, ENDED) if one.period in months[:cut]]
    assert continue_warnings([one for one in seen if one.period in months[:cut]], months[:cut], ENDED) == whole
