"""A comparison in Chinese: one sentence, and the words of its parts and reasons."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from metrics.comparing.splitting import PARTS, Comparison
from metrics.warning_definitions import TIER_TITLES

PART_TITLES: dict[str, str] = {"data": "数据", "policy": "政策参数", "method": "方法"}
READING_TITLES: dict[str, str] = {"own": "本级", "area": "全域"}
POLICY_TITLES: dict[str, str] = {
    "weights": "权重", "goalposts": "风险换算端点", "targets": "目标", "cut_offs": "预警界限",
    "index_tiers": "指数分级",
}
CHANGE_TITLES: dict[str, str] = {"new": "新收", "replaced": "重报", "withdrawn": "撤回", "corrected": "更正"}
OUTCOME_TITLES: dict[str, str] = {
    "value": "有值", "not_filed": "未报送", "not_applicable": "不适用", "too_small": "数量过少",
}


def records_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as mappings by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def summary(comparison: Comparison) -> str:
    """How many scores and tiers changed, and by what."""
    scores = changed_scores(comparison)
    if scores.empty:
        return f"{comparison.period}：{comparison.before} 与 {comparison.after} 的指数没有变化。"
    by_part = [f"{PART_TITLES[part]} {int((scores[part].abs() > 0).sum())} 个" for part in PARTS
               if (scores[part].abs() > 0).any()]
    moved = int((scores["tier_before"] != scores["tier_after"]).sum())
    split = f"受影响：{'，'.join(by_part)}；" if by_part else ""
    return f"{comparison.period}：{len(scores)} 个口径的指数有变化，{split}{moved} 个换了级别。"


def changed_scores(comparison: Comparison) -> pd.DataFrame:
    """Readings whose score or tier changed, or whose parts do not vanish though they cancel out; largest change first.

    A division with nobody below it reads the same as own and as area: it is told once.
    """
    scores = comparison.scores
    is_moved = (scores[["change", *PARTS]].abs() > 0).any(axis=1)
    is_other = scores["score_before"].isna() != scores["score_after"].isna()
    is_other |= scores["tier_before"] != scores["tier_after"]
    same = scores.drop(columns="scope").fillna("").apply(tuple, axis=1)
    twin = scores["scope"].eq("area") & same.isin(set(same[scores["scope"] == "own"]))
    found = scores[(is_moved | is_other) & ~twin]
    return found.sort_values("change", key=lambda change: -change.abs().fillna(0), kind="stable")


def reading_title(comparison: Comparison, scope_code: str, scope: str) -> str:
    """阿克苏地区（全域）; the code where the name is unknown."""
    return f"{comparison.names.get(scope_code, scope_code)}（{READING_TITLES[scope]}）"


def tier_words(score: Mapping[str, Any]) -> str:
    """三级黄 → 二级橙（数据）; one tier alone where it did not change."""
    before, after = (TIER_TITLES.get(score[f"tier_{side}"], "—") for side in ("before", "after"))
    if before == after:
        return before
    by = "、".join(PART_TITLES[part] for part in str(score["tier_by"]).split("、") if part)
    return f"{before} → {after}" + (f"（{by}）" if by else "")


def reason_words(cell: Mapping[str, Any]) -> str:
    """Why a cell changed: 新收 1 份，更正 2 份; 指标定义改变; 口径只在一版中有."""
    words = [f"{title} {cell[change]} 份" for change, title in CHANGE_TITLES.items() if cell[change]]
    if cell["definition"]:
        words.append("指标定义改变")
    elif cell["method"]:
        words.append("算法改变")
    if pd.isna(cell["outcome_before"]) or pd.isna(cell["outcome_after"]):
        words.append("只在一版中有")
    return "，".join(words) or "其他（如期限、报送时间）"
