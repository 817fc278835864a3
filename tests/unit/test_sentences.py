"""The sentences that pages begin with: a drawn situation in, the words out; and the words of numbers and deadlines."""

from datetime import date
from typing import Any

import pytest

from dashboard.formats import (
    DASH,
    chinese_number,
    deadline_tag,
    format_articles,
    format_count,
    format_interval,
    format_period,
    format_probability,
    format_rank_interval,
    format_value,
)
from dashboard.sentences import (
    DivisionSituation,
    Headline,
    Phrase,
    Situation,
    division_sentence,
    overview_sentence,
    streak_of,
)
from dashboard.wording import OUTCOME_REASONS, OUTCOMES, TIERS

TODAY = date(2026, 9, 30)


def text(phrases: list[Phrase]) -> str:
    return "".join(phrase.text for phrase in phrases)


def strong(phrases: list[Phrase]) -> list[str]:
    return [phrase.text for phrase in phrases if phrase.is_strong]


def overview(**known: Any) -> str:
    return text(overview_sentence(Situation("全区", **known)))


def test_a_whole_month_in_one_sentence() -> None:
    situation = Situation(
        "全区（含兵团）",
        warnings={"red": 3, "orange": 6, "yellow": 20},
        warnings_before={"red": 2, "orange": 5, "yellow": 30},
        improved=7,
        worsened=4,
        unchanged=1,
        headline=Headline("问题按期整改率", "86.3%", 3),
        overdue=2,
        missing_reporters=3,
        expected_reporters=125,
    )
    assert text(overview_sentence(situation)) == (
        "本月全区（含兵团）一级红预警 3 件、二级橙预警 6 件，较上月各增 1 件；12 项指标中 7 项好转、4 项变差；"
        "问题按期整改率 86.3%，连续三个月好转；2 件处置已逾期，3 家有应报未报。"
    )
    assert strong(overview_sentence(situation)) == ["一级红预警 3 件、二级橙预警 6 件", "86.3%", "2 件", "3 家"]


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ({"red": 3, "orange": 6}, {"red": 2, "orange": 5}, "，较上月各增 1 件"),
        ({"red": 1, "orange": 4}, {"red": 2, "orange": 5}, "，较上月各减 1 件"),
        ({"red": 3, "orange": 4}, {"red": 2, "orange": 5}, "，较上月红色增 1 件、橙色减 1 件"),
        ({"red": 2, "orange": 4}, {"red": 2, "orange": 5}, "，较上月橙色减 1 件"),
        ({"red": 2, "orange": 5}, {"red": 2, "orange": 5}, "，与上月持平"),
        ({"red": 1}, {}, "，较上月红色增 1 件"),
        ({"red": 1}, None, "；"),
    ],
)
def test_the_change_of_grave_warnings(now: dict[str, int], before: dict[str, int] | None, words: str) -> None:
    said = overview(warnings=now, warnings_before=before)
    assert f"件{words}" in said
    assert ("上月" in said) == (before is not None)


@pytest.mark.parametrize(
    ("warnings", "words"),
    [
        ({}, "没有一级红、二级橙预警，也没有其他预警"),
        ({"yellow": 2, "blue": 3}, "没有一级红、二级橙预警，三级黄、四级蓝共 5 件"),
        ({"orange": 1, "blue": 3}, "二级橙预警 1 件"),
        ({"red": 1234}, "一级红预警 1,234 件"),
    ],
)
def test_only_grave_warnings_are_named_and_none_is_said_to_be_none(warnings: dict[str, int], words: str) -> None:
    assert f"本月全区{words}" in overview(warnings=warnings)


@pytest.mark.parametrize(
    ("improved", "worsened", "unchanged", "words"),
    [
        (12, 0, 0, "；12 项指标全部好于上月"),
        (0, 12, 0, "；12 项指标全部差于上月"),
        (11, 0, 1, "；12 项指标中 11 项好转、0 项变差"),
        (0, 1, 11, "；12 项指标中 0 项好转、1 项变差"),
        (0, 0, 12, "；各项指标与上月持平"),
    ],
)
def test_the_direction_of_the_indicators(improved: int, worsened: int, unchanged: int, words: str) -> None:
    assert words in overview(improved=improved, worsened=worsened, unchanged=unchanged)


def test_without_a_month_before_no_direction_is_told() -> None:
    assert overview() == "本月全区没有一级红、二级橙预警，也没有其他预警；处置均在时限内，应报单位全部报送。"


def test_values_that_may_not_be_published_are_said_to_be_missing() -> None:
    assert "；本期各项指标尚无可公布的值" in overview(has_values=False)


@pytest.mark.parametrize(
    ("streak", "words"),
    [
        (0, "，与上月持平"),
        (1, "，较上月好转"),
        (2, "，连续两个月好转"),
        (3, "，连续三个月好转"),
        (12, "，连续十二个月好转"),
        (-1, "，较上月变差"),
        (-2, "，连续两个月变差"),
    ],
)
def test_the_streak_of_the_named_indicator(streak: int, words: str) -> None:
    assert f"按时报送率 95.0%{words}；" in overview(headline=Headline("按时报送率", "95.0%", streak))


@pytest.mark.parametrize(("streak", "words"), [(1, "，较上年末好转"), (-1, "，较上年末变差"), (0, "，与上年末持平")])
def test_a_year_is_compared_with_the_end_of_the_one_before(streak: int, words: str) -> None:
    told = overview(before_words="上年末", headline=Headline("按时报送率", "95.0%", streak))
    assert f"按时报送率 95.0%{words}；" in told


@pytest.mark.parametrize(
    ("overdue", "missing", "words"),
    [
        (0, 0, "；处置均在时限内，应报单位全部报送。"),
        (1, 0, "；1 件处置已逾期，应报单位全部报送。"),
        (0, 1, "；处置均在时限内，1 家有应报未报。"),
        (1, 1, "；1 件处置已逾期，1 家有应报未报。"),
    ],
)
def test_what_is_overdue_and_who_has_not_filed(overdue: int, missing: int, words: str) -> None:
    assert overview(overdue=overdue, missing_reporters=missing, expected_reporters=9).endswith(words)


def test_a_month_in_which_nobody_filed_says_only_that() -> None:
    said = overview(
        is_nothing_filed=True, expected_reporters=125, warnings={"red": 3}, overdue=2, missing_reporters=125
    )
    assert said == "本月全区 125 家应报单位均未报送，各项指标暂不能计算；请先催报。"


@pytest.mark.parametrize(
    ("values", "streak"),
    [
        ([0.5], 0),
        ([0.5, 0.5], 0),
        ([0.5, 0.6], 1),
        ([0.6, 0.5], -1),
        ([0.4, 0.5, 0.6], 2),
        ([0.6, 0.5, 0.6], 1),
        ([0.4, 0.5, 0.5], 0),
        ([0.5, 0.5, 0.6], 1),
        ([0.4, None, 0.6], 0),
        ([None, 0.4, 0.6], 1),
        ([0.4, 0.6, None], 0),
        ([], 0),
    ],
)
def test_a_streak_ends_where_the_direction_turns_stands_still_or_a_month_is_missing(
    values: list[float | None], streak: int
) -> None:
    assert streak_of(values, higher_is_better=True) == streak
    assert streak_of(values, higher_is_better=False) == -streak


def division(**known: Any) -> str:
    return text(division_sentence(DivisionSituation("库车市", **known)))


def test_a_division_in_one_sentence() -> None:
    said = division(
        tier="orange",
        score_words="51.7",
        probability_words="75%",
        rank_words="第 1–13 位",
        peers_words=" 123 个填报单位",
        weakest=("问题按期整改率", "事件通报其他部门比例"),
        strongest=("按时报送率",),
        warnings={"red": 1, "blue": 4},
    )
    assert said == (
        "库车市本期二级橙，风险指数 51.7（属该级概率 75%），在 123 个填报单位中列第 1–13 位；"
        "短板在问题按期整改率、事件通报其他部门比例，强项是按时报送率；在列预警一级红 1 件、四级蓝 4 件。"
    )


@pytest.mark.parametrize("tier", [None, "insufficient"])
def test_too_little_data_is_not_a_tier(tier: str | None) -> None:
    said = division(tier=tier, score_words=DASH, probability_words=DASH)
    assert said == "库车市本期数据不足，不能评定等级；没有在列预警。"


@pytest.mark.parametrize("tier", [tier for tier in TIERS if tier != "insufficient"])
def test_every_tier_is_named_by_its_word(tier: str) -> None:
    said = division(tier=tier, score_words="1.0", probability_words="50%")
    assert said == f"库车市本期{TIERS[tier].title}，风险指数 1.0（属该级概率 50%）；没有在列预警。"


@pytest.mark.parametrize(
    ("respond_by", "tag"),
    [
        (date(2026, 9, 28), ("逾期 2 天", "overdue")),
        (date(2026, 9, 29), ("逾期 1 天", "overdue")),
        (date(2026, 9, 30), ("今日到期", "today")),
        (date(2026, 10, 1), ("剩 1 天", "open")),
        (None, ("", "none")),
    ],
)
def test_a_deadline_below_at_and_above_today(respond_by: date | None, tag: tuple[str, str]) -> None:
    assert deadline_tag(respond_by, TODAY) == tag
    assert deadline_tag(respond_by, TODAY, is_cleared=True) == ("观察中", "watched")


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0, "0%"),
        (0.0099, "<1%"),
        (0.01, "1%"),
        (0.5, "50%"),
        (0.99, "99%"),
        (0.9901, ">99%"),
        (1, "100%"),
        (None, DASH),
    ],
)
def test_a_probability_is_never_rounded_to_certainty(probability: float | None, words: str) -> None:
    assert format_probability(probability) == words


def test_numbers_as_they_are_written() -> None:
    assert format_value(0.863, "share") == "86.3%"
    assert format_value(3.24, "rate", "项/百个单位") == "3.2 项/百个单位"
    assert format_value(float("nan"), "share") == DASH
    assert format_interval(0.849, 0.876, "share") == "84.9–87.6"
    assert format_interval(None, 0.876, "share") == DASH
    assert [format_count(count) for count in (1234, 0, 1.5, None)] == ["1,234", "0", "1.5", DASH]
    assert [format_rank_interval(3, 9), format_rank_interval(3, 3)] == ["第 3–9 位", "第 3 位"]
    assert [format_period(period) for period in ("2026-09", "2026Q3", "2026", "abc")] == [
        "2026年9月", "2026年第3季度", "2026年", "abc",
    ]  # fmt: skip
    assert [format_articles(articles) for articles in ([39], [34, 38], "[5, 6]", None)] == [
        "第39条", "第34、38条", "第5、6条", DASH,
    ]  # fmt: skip
    assert [chinese_number(number) for number in (2, 10, 12, 20, 21, 100)] == [
        "二", "十", "十二", "二十", "二十一", "100",
    ]  # fmt: skip


def test_the_four_outcomes_and_what_is_hidden_are_told_apart_and_each_missing_one_has_its_reason() -> None:
    assert set(OUTCOMES) == {"value", "not_filed", "not_applicable", "too_small", "hidden"}
    assert len(set(OUTCOMES.values())) == len(OUTCOMES)
    assert set(OUTCOME_REASONS) == set(OUTCOMES) - {"value"}
    assert "不等于零" in OUTCOME_REASONS["not_filed"]
    assert "也不是零" in OUTCOME_REASONS["hidden"]
