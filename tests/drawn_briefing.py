"""Drawn situations for briefings: frames as the read layer gives them, a few rows long."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from dashboard.briefings.gathering import BriefingData
from dashboard.briefings.judging import judge_changes
from dashboard.sentences import Headline, Situation
from data_contracts.periods import last_month

META = {"snapshot_id": "2026-09.r1", "built_at": "2026-10-20T08:30:00", "completeness": "0.950000",
        "marking": "内部资料", "is_simulated": "false", "period": "2026-09", "first_period": "2024-10"}
CELL = {"dimension": "inspection", "kind": "share", "unit": "%", "direction": "higher_is_better", "outcome": "value",
        "target": None, "scope_code": "650000", "scope": "area", "period": "2026-09",
        "reporters_expected": 20, "reporters_filed": 19}
SCORE = {"period": "2026-09", "score": 30.0, "lower": 27.0, "upper": 33.0, "tier": "yellow",
         "tier_probability": 0.9, "data_share": 0.98}
WARNING_COLUMNS = ["warning_id", "rule", "kind", "tier", "division_code", "subject", "subject_title", "title",
                   "message", "measure", "respond_by", "status", "is_cleared", "first_seen_on", "short_name"]
EXPECTED_COLUMNS = ["contract", "division_code", "period", "state", "short_name", "contract_title"]
MEASURE_COLUMNS = ["measure", "findings", "overdue_steps", "ordered", "overdue", "criticism_proposed", "criticised",
                   "sanction_proposed", "referred"]


def cell(indicator: str, title: str, before: float | None, now: float | None, half: float = 0.01,
         **known: Any) -> dict[str, Any]:
    """A cell whose intervals are `half` to either side."""
    def bounds(value: float | None, name: str) -> dict[str, float | None]:
        return {f"lower{name}": None if value is None else value - half,
                f"upper{name}": None if value is None else value + half}

    change = None if before is None or now is None else now - before
    row = {**CELL, "indicator": indicator, "title": title, "short_title": title, "value": now, "value_before": before,
           "change": change, **bounds(now, ""), **bounds(before, "_before"),
           "numerator": None if now is None else round(now * 200), "denominator": None if now is None else 200, **known}
    better = None if not change else (change > 0) == (row["direction"] == "higher_is_better")
    return {**row, "is_better": better}


def member(name: str, score: float | None, tier: str, rank: tuple[int, int] | None = None) -> dict[str, Any]:
    lower, upper = rank or (None, None)
    return {"scope_code": name, "short_name": name, "score": score, "tier": tier,
            "lower": None if score is None else score - 4, "upper": None if score is None else score + 4,
            "rank_lower": lower, "rank_upper": upper}


def warning(number: int, tier: str, place: str, **known: Any) -> dict[str, Any]:
    return {"warning_id": f"W-202609-0000000{number}", "rule": "rectification_overdue", "kind": "deadline",
            "tier": tier, "division_code": "652901", "subject": "JG6529010001", "subject_title": f"{place}某局",
            "title": "整改逾期", "message": "", "measure": "责令限期改正", "respond_by": date(2026, 10, 9),
            "status": "new", "is_cleared": False, "first_seen_on": date(2026, 9, 30), "short_name": place, **known}


def filings(state: str, number: int, place: str = "阿克苏市") -> list[dict[str, Any]]:
    return [{"contract": "findings", "division_code": f"{place}{index}", "period": "2026-09", "state": state,
             "short_name": place, "contract_title": "问题整改"} for index in range(number)]


def draw_data(
    *, title: str = "全区（含兵团）", period: str = "2026-09", cells: list[dict] | None = None,
    score: Mapping[str, Any] | None = SCORE, score_before: Mapping[str, Any] | None = None,
    members: list[dict] | None = None, warnings: list[dict] | None = None, before: dict[str, int] | None = None,
    expected: list[dict] | None = None, **known: Any,
) -> BriefingData:  # fmt: skip
    """A briefing's data; what is not given is empty, and the sentence's numbers are counted from the rest."""
    frame = pd.DataFrame(cells or [], columns=list(cell("a", "b", 0.5, 0.5)))
    standing = pd.DataFrame(warnings or [], columns=WARNING_COLUMNS)
    due = pd.DataFrame(expected or [], columns=EXPECTED_COLUMNS)
    changes = judge_changes(frame)
    first = frame[frame["value"].notna()].head(1).to_dict("records")
    moved = {row["title"] for row in (*changes.better, *changes.worse)}
    headline = Headline(first[0]["title"], f"{first[0]['value']:.1%}", 1 if first[0]["is_better"] else -1,
                        first[0]["title"] not in moved, first[0]["change"] is not None
                        and first[0]["change"] == first[0]["change"]) if first else None
    situation = Situation(
        title, warnings=standing["tier"].value_counts().to_dict(), warnings_before=before, is_judged=True,
        improved=len(changes.better), worsened=len(changes.worse), unchanged=len(changes.steady), headline=headline,
        overdue=sum(pd.Timestamp(one["respond_by"]) < pd.Timestamp("2026-09-30") for one in warnings or []),
        missing_reporters=int((due["state"] == "missing").sum()), expected_reporters=len(due),
        is_nothing_filed=bool(len(due) and (due["state"] == "missing").all()),
        has_values=bool(frame["value"].notna().any()),
    )  # fmt: skip
    return BriefingData(
        title=title, scope_code="650000", period=period, month=last_month(period), before_month="2026-08",
        today=date(2026, 9, 30), meta=META, situation=situation, score=score and dict(score),
        score_before=score_before and dict(score_before), cells=frame,
        statistics=pd.DataFrame(known.pop("statistics", []), columns=["indicator", "trend_judgement", "trend_p"]),
        members=pd.DataFrame(members or [], columns=list(member("x", 1.0, "blue"))), warnings=standing,
        warning_months=standing,
        warning_counts=pd.DataFrame([], columns=["period", "tier", "warnings"]), expected=due,
        measures=pd.DataFrame(known.pop("measures", []), columns=MEASURE_COLUMNS), **known,
    )  # fmt: skip
