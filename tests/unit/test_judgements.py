"""What the statistics say in words: every position, signal, assurance and trend, and silence where there is nothing."""

from datetime import date
from typing import Any

import pytest

from dashboard.components.trust import age_text
from dashboard.judgements import history_sentence, peers_sentence, trend_sentence
from dashboard.wording import ASSURANCES, POSITIONS, SIGNALS
from metrics.cell_statistics import POSITIONS as POSITION_CODES
from metrics.own_history import SIGNALS as SIGNAL_CODES
from metrics.trust import GRADE_TITLES, REASON_TITLES, age_words, grade_words

STATISTICS: dict[str, Any] = {
    "expected_value": 0.834, "funnel_position": "low_998", "funnel_judgement": "worse", "is_discovery": True,
    "history_points": 13, "xmr_lower": 0.745, "xmr_upper": 1.02, "xmr_signal": "none",
    "xmr_judgement": "common_cause", "assurance": "none", "trend_slope": 0.004, "trend_p": 0.01,
    "trend_judgement": "better",
}  # fmt: skip


def told(**changes: Any) -> dict[str, Any]:
    return {**STATISTICS, **changes}


def test_every_code_has_its_word() -> None:
    assert set(POSITIONS) == set(POSITION_CODES)
    assert {"none", *SIGNALS} == set(SIGNAL_CODES)
    assert set(ASSURANCES) == {"meets", "misses", "hit_and_miss", "none"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "同类平均 83.4%；低于 99.8% 界限，差于同类，与其他地区、指标一并检验后仍成立"),
        (
            {"funnel_position": "high_95", "funnel_judgement": "better", "is_discovery": False},
            "同类平均 83.4%；高于 95% 界限，好于同类，一并检验后不成立，可能是偶然",
        ),
        (
            {"funnel_position": "inside", "funnel_judgement": "inside", "is_discovery": False},
            "同类平均 83.4%；在界限之内，与同类没有差别",
        ),
        ({"funnel_position": None}, ""),
    ],
)
def test_the_place_among_peers(changes: dict[str, Any], words: str) -> None:
    assert peers_sentence(told(**changes), "share") == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "自然波动 74.5–100.0，本月属寻常波动"),
        (
            {"xmr_signal": "shift", "xmr_judgement": "worse", "assurance": "misses"},
            "自然波动 74.5–100.0，本月连续七点在平均同侧，变差；照此波动达不到目标",
        ),
        (
            {"xmr_signal": None, "history_points": 5},
            "历史只有 5 个可用的点，暂不判断（季报每季一点，窗口未满的月份不计）",
        ),
        ({"history_points": None, "xmr_signal": None}, "本月没有值，不作判断"),
    ],
)
def test_the_history(changes: dict[str, Any], words: str) -> None:
    assert history_sentence(told(**changes), "share") == words


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({}, "share", "趋势好转，每月 +0.4 个百分点"),
        ({"trend_slope": -0.5, "trend_judgement": "worse"}, "rate", "趋势变差，每月 −0.5 项"),
        ({"trend_slope": 1.5, "trend_judgement": "worse"}, "duration", "趋势变差，每月 +1.5 天"),
        ({"trend_slope": 0.0001}, "share", "趋势好转"),
        ({"trend_judgement": "none"}, "share", "没有明显趋势"),
        ({"trend_p": None}, "share", ""),
    ],
)
def test_the_trend(changes: dict[str, Any], kind: str, words: str) -> None:
    assert trend_sentence(told(**changes), kind, "项/百个单位") == words


def test_a_grade_and_an_age_in_words() -> None:
    assert set(GRADE_TITLES) == set("ABCD")
    assert set(REASON_TITLES) == {"interval", "denominator", "completeness"}
    assert grade_words("B", ["interval", "completeness"]) == "可靠性 B 较可靠（区间偏宽、报送不全）"
    assert grade_words("A", []) == "可靠性 A 可靠"
    assert grade_words(None, []) == ""
    day = date(2026, 10, 8)
    assert age_words(0, day) == "最新数据截至月末，2026-10-08 收到"
    assert (age_text(0, day), age_text(61, day)) == ("截至月末，10月8日收到", "截至月末前 61 天，2026年10月8日收到")
    assert age_words(None, None) == age_text(None, None) == "从未收到过数据"
