"""Briefings in words, from drawn situations: the golden texts, what is called small, and that no number is invented."""

import re
from pathlib import Path
from typing import Any

import pytest

from dashboard.briefings.judging import is_clear, judge_changes
from dashboard.briefings.narrative import write_briefing_text
from dashboard.briefings.wordbook import SENTENCES_PATH, load_wordbook, tightened
from metrics.policy_files import PolicyError
from tests.drawn_briefing import SCORE, cell, draw_data, filings, member, warning

GOLDEN = Path(__file__).parents[1] / "reference" / "briefings"
RATE = {"kind": "rate", "unit": "项/百个单位", "direction": "lower_is_better"}
BEFORE = {**SCORE, "period": "2026-08"}
SITUATIONS: dict[str, dict[str, Any]] = {
    "nothing_filed": {
        "score": {**SCORE, "score": None, "lower": None, "upper": None, "tier": "insufficient", "data_share": 0.0},
        "cells": [cell("rectified_on_time_share", "问题按期整改率", None, None, outcome="not_filed")],
        "members": [member("阿克苏市", None, "insufficient"), member("库车市", None, "insufficient")],
        "expected": filings("missing", 2),
    },
    "one_county": {
        "title": "阿克苏地区", "score_before": {**BEFORE, "score": 31.0, "lower": 28.0, "upper": 34.0},
        "cells": [cell("rectified_on_time_share", "问题按期整改率", 0.86, 0.863)],
        "members": [member("阿克苏市", 30.0, "yellow", (3, 9))], "expected": filings("on_time", 3),
    },
    "everything_better": {
        "score_before": {**BEFORE, "score": 40.0, "lower": 37.0, "upper": 43.0}, "before": {"red": 1},
        "cells": [cell("rectified_on_time_share", "问题按期整改率", 0.80, 0.86, target=0.85),
                  cell("overdue_open_per_100_organisations", "每百个单位逾期未改问题数",
                       3.0, 1.5, 0.2, target=3.0, **RATE)],
        "members": [member("阿克苏市", 30.0, "yellow", (1, 2)), member("库车市", 12.0, "normal", (1, 2))],
        "expected": filings("on_time", 4),
    },
    "everything_worse": {
        "score_before": {**BEFORE, "score": 20.0, "lower": 17.0, "upper": 23.0}, "before": {"red": 0, "orange": 1},
        "cells": [cell("rectified_on_time_share", "问题按期整改率", 0.86, 0.80, target=0.85),
                  cell("overdue_open_per_100_organisations", "每百个单位逾期未改问题数",
                       1.5, 3.5, 0.2, target=3.0, **RATE)],
        "members": [member("阿克苏市", 60.0, "red", (1, 1)), member("库车市", 52.0, "orange", (2, 2))],
        "warnings": [warning(1, "red", "阿克苏市"), warning(2, "orange", "库车市", respond_by="2026-09-20")],
        "expected": [*filings("on_time", 2), *filings("missing", 1, "库车市"), *filings("returned", 1, "库车市")],
        "measures": [{"measure": "overdue", "findings": 3, "overdue_steps": 2, "ordered": 1, "overdue": 2,
                      "criticism_proposed": 0, "criticised": 0, "sanction_proposed": 0, "referred": 0}],
        "statistics": [{"indicator": "rectified_on_time_share", "trend_judgement": "worse", "trend_p": 0.001}],
    },
    "tie": {
        "score_before": BEFORE, "before": {"orange": 1},
        "warnings": [warning(1, "orange", "库车市", status="continuing",
                                                                             first_seen_on="2026-07-31")],
        "cells": [cell("rectified_on_time_share", "问题按期整改率", 0.86, 0.86)],
        "members": [member("阿克苏市", 30.0, "yellow", (1, 2)), member("库车市", 30.0, "yellow", (1, 2))],
        "expected": filings("on_time", 2),
    },
    "created_this_year": {
        "title": "和康县所在地区", "score_before": None, "before": None,
        "cells": [cell("rectified_on_time_share", "问题按期整改率", None, 0.86)],
        "members": [member("和康县", 30.0, "yellow", (1, 2)), member("和安县", None, "insufficient")],
        "expected": [*filings("on_time", 1, "和康县"), *filings("late", 1, "和安县")],
    },
}  # fmt: skip


def told(name: str) -> str:
    briefing = write_briefing_text(draw_data(**SITUATIONS[name]))
    lines = [briefing.title]
    for section in briefing.sections[:-1]:
        lines += ["", f"【{section.title}】", *(statement.text for statement in section.statements)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", SITUATIONS)
def test_golden_text(name: str) -> None:
    assert told(name) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_number_of_a_sentence_is_one_of_its_figures(name: str) -> None:
    for section in write_briefing_text(draw_data(**SITUATIONS[name])).sections:
        for statement in section.statements:
            said = statement.text
            given = [figure.shown for figure in statement.figures.values()] + list(statement.words.values())
            for shown in sorted(map(tightened, given), key=len, reverse=True):
                said = said.replace(shown, "")
            said = said.replace("95%区间", "").replace("0最好、100最差", "")
            assert not re.search(r"\d", said), (statement.key, statement.text)
            assert all(figure.source for figure in statement.figures.values())


def test_the_situation_fits_in_ten_lines() -> None:
    for known in SITUATIONS.values():
        assert 1 <= len(write_briefing_text(draw_data(**known)).section("situation").statements) <= 10


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [(0.80, 0.8099, False), (0.80, 0.81, False), (0.80, 0.8101, True), (0.80, 0.7899, True), (0.80, 0.79, False)],
)
def test_below_at_and_above_the_interval(before: float, now: float, expected: bool) -> None:
    row = cell("a", "某率", before, now)
    # drawn exactly: a bound is half a width away, whatever floating point makes of it
    row |= {"lower": round(now - 0.01, 6), "upper": round(now + 0.01, 6), "lower_before": 0.79, "upper_before": 0.81}
    assert is_clear(row) is expected


def test_a_change_needs_to_leave_both_intervals() -> None:
    row = cell("a", "某率", 0.80, 0.83) | {"lower": 0.79, "upper": 0.87}
    assert not is_clear(row)


def test_direction_decides_what_is_better() -> None:
    falling = cell("b", "逾期", 3.0, 1.0, 0.2, **RATE)
    rising = cell("c", "整改率", 0.5, 0.7)
    changes = judge_changes(draw_data(cells=[falling, rising]).cells)
    assert {one["indicator"] for one in changes.better} == {"b", "c"} and not changes.worse


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('headline: "{sentence}"', 'headline: "{sentense}"', "“headline”里没有字段 sentense，可用的有 sentence"),
        ('headline: "{sentence}"', 'headline: "{sentence"', "花括号没有成对"),
        ('headline: "{sentence}"', 'headlines: "{sentence}"', "缺少句子 headline"),
        ("sentences:\n", "sentences:\n  extra: 多一句\n", "没有用到名为“extra”的句子"),
    ],
)
def test_a_broken_wordbook_is_told_with_file_and_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "sentences.yaml"
    path.write_text(SENTENCES_PATH.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(PolicyError, match=re.escape(said)) as caught:
        load_wordbook(path)
    assert re.search(rf"{re.escape(str(path))} 第 \d+ 行", str(caught.value))
