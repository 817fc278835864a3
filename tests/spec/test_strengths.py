"""What is said of a division, from drawn numbers: every sentence by its rule, just below, at and above its limits."""

import pandas as pd
import pytest

from metrics.compute import compute
from metrics.read_layer import EVERYTHING, Scope
from metrics.strengths import describe_division, write_statements
from tests.drawn import drawn_connection
from tests.drawn_region import draw_region

SCORE = {"score": 36.4, "lower": 31.2, "upper": 42.0, "tier": "yellow", "tier_probability": 0.91, "data_share": 1.0,
         "p_red": 0.0, "p_orange": 0.0, "p_yellow": 0.91, "p_blue": 0.09, "p_normal": 0.0}
NO_CHANGES = pd.DataFrame(columns=["level", "code", "title", "change", "policy_part"])


def parts(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["code", "title", "risk", "weight"])
    return frame.assign(level="indicator", contribution=frame["risk"] * frame["weight"])


def cells(*rows: tuple[str, str, float | None, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["indicator", "title", "value", "outcome"]).astype({"value": float})
    return frame.assign(kind="share", unit="%", target=0.9)


def texts(kind: str, *frames: object, score: dict = SCORE) -> list[str]:
    return [one.text for one in write_statements(score, *frames) if one.kind == kind]  # type: ignore[arg-type]


KNOWN = cells(("a", "按期整改率", 0.62, "value"), ("b", "培训率", 0.98, "value"))


def test_weakness_and_strength_name_value_target_and_points() -> None:
    given = parts(("a", "按期整改率", 60, 0.5), ("b", "培训率", 5, 0.5))
    assert texts("weakness", given, KNOWN, NO_CHANGES) == ["短板：按期整改率 62.0%（目标 90%），占指数 30.0 分。"]
    assert texts("strength", given, KNOWN, NO_CHANGES) == ["长处：培训率 98.0%。"]


@pytest.mark.parametrize(("risk", "is_weak"), [(29.9, False), (30, False), (30.1, True)])
def test_below_at_and_above_the_limit_of_a_weakness(risk: float, is_weak: bool) -> None:
    (said,) = texts("weakness", parts(("a", "按期整改率", risk, 1.0)), KNOWN, NO_CHANGES)
    assert ("按期整改率" in said) is is_weak
    assert is_weak or said == "短板：没有风险分高于 30 的指标。"


@pytest.mark.parametrize(("risk", "is_strong"), [(19.9, True), (20, False), (20.1, False)])
def test_below_at_and_above_the_limit_of_a_strength(risk: float, is_strong: bool) -> None:
    assert bool(texts("strength", parts(("a", "按期整改率", risk, 1.0)), KNOWN, NO_CHANGES)) is is_strong


def test_a_tier_that_is_not_sure_names_the_other() -> None:
    given = parts(("a", "按期整改率", 36, 1.0))
    assert texts("standing", given, KNOWN, NO_CHANGES) == [
        "指数 36.4 分（95% 区间 31.2–42.0），三级黄，可能性 91%。"]
    unsure = {**SCORE, "tier_probability": 0.6, "p_yellow": 0.6, "p_blue": 0.4}
    assert texts("standing", given, KNOWN, NO_CHANGES, score=unsure)[0].endswith("可能性 60%，也可能是四级蓝（40%）。")


def test_a_change_names_reasons_of_its_own_direction_and_the_part_of_policy() -> None:
    changes = pd.DataFrame({
        "level": "indicator", "code": ["a", "b", "c"], "title": ["按期整改率", "培训率", "报送率"],
        "value_part": [2.5, -1.0, 0.2], "coverage_part": [0.0, 0.0, 0.2], "policy_part": [0.5, 0.0, 0.0],
    })
    changes["change"] = changes[["value_part", "coverage_part", "policy_part"]].sum(axis=1)
    given = parts(("a", "按期整改率", 36, 1.0))
    assert texts("change", given, KNOWN, changes) == [
        "较上月上升 2.4 分：数值变化 +1.7 分，主要是按期整改率（+2.5）、报送率（+0.2）；"
        "有数的指标增减 +0.2 分；政策调整 +0.5 分。"]
    small = changes.assign(change=[0.2, 0.1, 0.1])
    assert texts("change", given, KNOWN, small) == ["与上月相比变动不大（+0.4 分）。"]
    only_coverage = changes.assign(value_part=0.0, policy_part=0.0, coverage_part=[-1.0, 0, 0], change=[-1.0, 0, 0])
    assert texts("change", given, KNOWN, only_coverage) == [
        "较上月下降 1.0 分：数值变化 +0.0 分；有数的指标增减 -1.0 分。"]


def test_silence_is_said_and_no_score_is_no_praise() -> None:
    silent = cells(("a", "按期整改率", None, "not_filed"), ("b", "培训率", None, "too_small"),
                   ("c", "会议", None, "not_applicable"))
    nothing = {**SCORE, "score": float("nan"), "tier": "insufficient", "data_share": 0.4}
    found = write_statements(nothing, parts(), silent, NO_CHANGES)
    assert [one.text for one in found] == [
        "数据不足：应有的数只有 40%，本月不评分，不等于没有风险。",
        "未能判断：未报送 1 项（按期整改率）；基数过小 1 项（培训率）。",
    ]


def test_the_region_is_described_to_those_who_may_see_it() -> None:
    connection = drawn_connection(**draw_region(4, "2026-03", "2026-04"))
    compute(connection, period="2026-04", first_period="2026-03")
    place = {"scope_code": "652900", "reading": "area", "period": "2026-04"}
    found = describe_division(connection, EVERYTHING, **place)
    assert [one.kind for one in found][:2] == ["standing", "weakness"]
    assert describe_division(connection, Scope(frozenset({"660100"})), **place) == []
