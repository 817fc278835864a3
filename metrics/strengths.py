"""Strengths and weaknesses of a division in words: sentences by fixed rules from the numbers of its index.

Each sentence carries the numbers it rests on, so that nothing is said that the tables do not hold. What may be chance
is said to be uncertain; what could not be judged is said to be so and is neither strength nor weakness.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import duckdb
import pandas as pd

from metrics.read_layer import read_cells, read_score_changes, read_score_history, read_score_parts
from metrics.read_scope import Scope

# A risk (0 best, 100 worst) below the first counts as a strength, above the second as a weakness.
STRONG_BELOW, WEAK_ABOVE = 20.0, 30.0
NAMED = 3
LEAST_MOVE = 0.5  # points; a smaller change of the score is told as none
LEAST_PART = 0.05  # points; a smaller part of it would be written as 0.0
SURE = 0.8
TIER_TITLES: Mapping[str, str] = {
    "red": "一级红", "orange": "二级橙", "yellow": "三级黄", "blue": "四级蓝", "normal": "正常",
}
OUTCOME_TITLES: Mapping[str, str] = {
    "not_filed": "未报送", "too_small": "基数过小", "hidden": "数少隐去", "not_applicable": "不适用"
}  # fmt: skip
_GAPS = ("not_filed", "too_small", "hidden")
Row = Mapping[Any, Any]
Kind = Literal["standing", "weakness", "strength", "change", "gap"]


@dataclass(frozen=True)
class Statement:
    """One sentence, what kind it is, and the indicators or dimensions (codes) it speaks of."""

    kind: Kind
    text: str
    codes: tuple[str, ...] = ()


def describe_division(connection: duckdb.DuckDBPyConnection, scope: Scope, *, scope_code: str, reading: str,
                      period: str) -> list[Statement]:
    """Sentences on one reading at a month; empty where it has no index row or the reader may not see it."""
    place = {"scope_code": scope_code, "reading": reading, "period": period}
    score = read_score_history(connection, scope, **place, months=1)
    if score.empty:
        return []
    return write_statements(
        score.iloc[0].to_dict(), read_score_parts(connection, scope, **place),
        read_cells(connection, scope, **place), read_score_changes(connection, scope, **place),
    )


def write_statements(score: Row, parts: pd.DataFrame, cells: pd.DataFrame, changes: pd.DataFrame,
                     ) -> list[Statement]:
    """The sentences from the frames of the read layer.

    Args:
        score: a row of `index_scores`.
        parts: of the same reading and month, with `title`.
        cells: of the same, with `kind`, `unit`, `target`.
        changes: from the month before, with `title`; may be empty.
    """
    if pd.isna(score["score"]):
        return [_standing(score), *_gaps(cells)]
    indicators = parts[parts["level"] == "indicator"].merge(
        cells[["indicator", "value", "kind", "unit", "target"]], left_on="code", right_on="indicator", how="left")
    weak = indicators[indicators["risk"] > WEAK_ABOVE].nlargest(NAMED, "contribution")
    strong = indicators[(indicators["risk"] < STRONG_BELOW) & (indicators["weight"] > 0)].nlargest(NAMED, "weight")
    found = [_standing(score)]
    if len(weak):
        items = [f"{row['title']} {_value(row)}{_target(row)}，占指数 {row['contribution']:.1f} 分"
                 for row in weak.to_dict("records")]
        found.append(Statement("weakness", "短板：" + "；".join(items) + "。", tuple(weak["code"])))
    else:
        found.append(Statement("weakness", f"短板：没有风险分高于 {WEAK_ABOVE:.0f} 的指标。"))
    if len(strong):
        items = [f"{row['title']} {_value(row)}" for row in strong.to_dict("records")]
        found.append(Statement("strength", "长处：" + "；".join(items) + "。", tuple(strong["code"])))
    return [*found, *_moves(changes), *_gaps(cells)]


def _standing(score: Row) -> Statement:
    if pd.isna(score["score"]):
        return Statement("standing", f"数据不足：应有的数只有 {score['data_share']:.0%}，本月不评分，不等于没有风险。")
    tier, probability = TIER_TITLES[str(score["tier"])], float(score["tier_probability"])
    text = (f"指数 {score['score']:.1f} 分（95% 区间 {score['lower']:.1f}–{score['upper']:.1f}），{tier}，"
            f"可能性 {probability:.0%}")
    if probability < SURE:
        others = {name: float(score[f"p_{name}"]) for name in TIER_TITLES if name != score["tier"]}
        other = max(others, key=lambda name: others[name])
        text += f"，也可能是{TIER_TITLES[other]}（{others[other]:.0%}）"
    return Statement("standing", text + "。")


def _moves(changes: pd.DataFrame) -> list[Statement]:
    """The change from the month before: the indicators that moved along with it, and what coverage and policy did.

    Only what values did is told by indicator: that a good indicator loses weight to another that now has a value raises
    a score too, but nobody would understand its name among the reasons.
    """
    if changes.empty:
        return []
    indicators = changes[changes["level"] == "indicator"]
    total = float(indicators["change"].sum())
    if abs(total) < LEAST_MOVE:
        return [Statement("change", f"与上月相比变动不大（{total:+.1f} 分）。")]
    along = indicators.assign(size=indicators["value_part"] * (1 if total > 0 else -1))
    main = along[along["size"] >= LEAST_PART].nlargest(NAMED, "size")
    pairs = zip(main["title"], main["value_part"], strict=True)
    reasons = "、".join(f"{title}（{part:+.1f}）" for title, part in pairs)
    parts = [f"数值变化 {indicators['value_part'].sum():+.1f} 分" + (f"，主要是{reasons}" if reasons else "")]
    for column, title in (("coverage_part", "有数的指标增减"), ("policy_part", "政策调整")):
        points = float(indicators[column].sum())
        if abs(points) >= LEAST_PART:
            parts.append(f"{title} {points:+.1f} 分")
    text = f"较上月{'上升' if total > 0 else '下降'} {abs(total):.1f} 分：" + "；".join(parts) + "。"
    return [Statement("change", text, tuple(main["code"]))]


def _gaps(cells: pd.DataFrame) -> list[Statement]:
    """What could not be judged, by reason; what does not apply is no gap."""
    found = []
    for outcome in _GAPS:
        missing = cells[cells["outcome"] == outcome]
        if len(missing):
            names = "、".join(missing["title"].head(NAMED)) + ("等" if len(missing) > NAMED else "")
            found.append(f"{OUTCOME_TITLES[outcome]} {len(missing)} 项（{names}）")
    if not found:
        return []
    codes = tuple(cells.loc[cells["outcome"].isin(_GAPS), "indicator"])
    return [Statement("gap", "未能判断：" + "；".join(found) + "。", codes)]


def _value(row: Row) -> str:
    if pd.isna(row["value"]):
        return ""
    if row["kind"] == "share":
        return f"{row['value']:.1%}"
    return f"{row['value']:.1f} {row['unit']}"


def _target(row: Row) -> str:
    if pd.isna(row["target"]):
        return ""
    return f"（目标 {row['target']:.0%}）" if row["kind"] == "share" else f"（目标 {row['target']:g}）"
