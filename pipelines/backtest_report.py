"""The backtest as a page of Markdown in Chinese: what was asked, what came out, what it does and does not show."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from metrics.backtest_cases import LEAST_SEEN, OUTCOMES
from metrics.backtesting import PREDICTORS, RESAMPLES, brier
from pipelines.backtest_runs import AS_OF_DAYS, Backtest

Row = Mapping[Any, Any]
FEWEST = 10  # cases on either side, below which nothing is concluded
_WAYS = {
    "as_of": f"逐期回溯：每期只用当月结束后 {AS_OF_DAYS} 天内已经收到的报表和当时的更正重新计算",
    "snapshot": "按现在所知回算：用现有快照中过去各月的数，含事后补报和更正，结果会略偏乐观",
}
_TIERS = {"red": "一级红", "orange": "二级橙", "yellow": "三级黄", "blue": "四级蓝", "normal": "正常"}
_MEASURES = ("auc", "precision", "recall", "flagged_share", "lead_months")
_HEADS = ("方法", "曲线下面积（95% 区间）", "报了之中真发生", "发生之中报到", "报的占比", "提前月数，中位（四分位）")


def write_report(result: Backtest) -> str:
    """The page; ends with a newline."""
    parts = [_head(result), _summary(result), *_outcomes(result), _calibration(result), _CAUTION]
    return "\n\n".join(parts) + "\n"


def _head(result: Backtest) -> str:
    about = result.about
    simulated = "**本页全部为模拟数据。**" if about["is_simulated"] == "true" else ""
    return "\n".join([
        "# 回溯检验：指数和预警事前说得准吗",
        "",
        "<!-- 由 oversight backtest 生成，不要手改 -->",
        f"{simulated}快照 {about['snapshot_id']}，检验日期 {about['ran_on']}。",
        "",
        f"- 方式：{_WAYS[about['way']]}。",
        f"- 检验的月份：{about['months']}。",
        f"- 对象：各填报单位本级。当月不评分的不计；其后各月报表不足 {LEAST_SEEN:.0%} 的也不计，没有报不等于没有发生。",
        "- 提前月数：从不间断地报起的那一期到发生的月份；"
        f"每隔 {about['every']} 个月一期，也就只精确到 {about['every']} 个月。",
        f"- 区间：按单位整体重抽样 {RESAMPLES} 次，同一单位各月不当作互相独立。",
        "- 曲线下面积：同一个月里，任取一个后来发生的单位和一个没有发生的单位，前者事前更靠前的可能性；0.5 等于乱猜。",
    ])


def _summary(result: Backtest) -> str:
    """Whether the index beats chance, outcome by outcome: by its interval and not by its value alone."""
    lines = ["## 结论", ""]
    for outcome, horizon in _questions(result.measures):
        rows = _rows(result.measures, outcome, horizon)
        title = f"- {OUTCOMES[outcome]}，{_horizon(horizon)}："
        index, incidents = rows["index", "auc"], rows["last_incidents", "auc"]
        lines.append(f"{title}指数 {_interval(index)}，{_verdict(index)}；近三个月事件 {_interval(incidents)}。"
                     if not math.isnan(index["value"]) else f"{title}没有发生或没有可以对照的月份，无从检验。")
    return "\n".join(lines)


def _verdict(row: Row) -> str:
    if min(row["happened"], row["cases"] - row["happened"]) < FEWEST or math.isnan(row["lower"]):
        return f"样本太少（发生或未发生不足 {FEWEST} 个），不下结论"
    if row["lower"] > 0.5:
        return "高于乱猜"
    return "比乱猜还差" if row["upper"] < 0.5 else "与乱猜分不开"


def _questions(measures: pd.DataFrame) -> list[tuple[str, int]]:
    found = measures[["outcome", "horizon_months"]].drop_duplicates()
    return [(str(outcome), int(horizon)) for outcome, horizon in found.itertuples(index=False)]


def _rows(measures: pd.DataFrame, outcome: str, horizon: int) -> dict[tuple[str, str], Row]:
    chosen = measures[(measures["outcome"] == outcome) & (measures["horizon_months"] == horizon)]
    return {(str(row["predictor"]), str(row["measure"])): row for row in chosen.to_dict("records")}


def _outcomes(result: Backtest) -> list[str]:
    sections = []
    for outcome, horizon in _questions(result.measures):
        rows = _rows(result.measures, outcome, horizon)
        base = rows["index", "base_rate"]
        if not base["cases"]:
            continue
        lines = [
            f"## {OUTCOMES[outcome]}，{_horizon(horizon)}",
            "",
            f"{base['cases']} 个单位月，其中 {base['happened']} 个发生（{_percent(base['value'])}）。",
            "",
            "| " + " | ".join(_HEADS) + " |",
            "|---" * len(_HEADS) + "|",
        ]
        for predictor, title in PREDICTORS.items():
            cells = [_cell(rows[predictor, measure], measure) for measure in _MEASURES]
            lines.append(f"| {title} | " + " | ".join(cells) + " |")
        tiers = result.tiers[(result.tiers["outcome"] == outcome) & (result.tiers["horizon_months"] == horizon)]
        shares = "，".join(f"{_TIERS[row['tier']]} {_percent(row['happened'])}（{int(row['cases'])}）"
                          for row in tiers.to_dict("records"))
        sections.append("\n".join([*lines, "", f"各等级之后发生的比例（单位月数）：{shares}。"]))
    return sections


def _calibration(result: Backtest) -> str:
    lines = ["## 等级的可能性靠得住吗", "", "“三级黄及以上”的可能性，与三个月后实际站在那里的比例："]
    table = result.calibration
    if table.empty:
        return "\n".join([*lines, "", "没有隔三个月的两期，无从检验。"])
    lines += ["", "| 事前的可能性（平均） | 三个月后的比例 | 单位月数 |", "|---|---|---|"]
    lines += [f"| {_percent(row['predicted'])} | {_percent(row['realised'])} | {int(row['cases'])} |"
              for row in table.to_dict("records")]
    times = table["cases"].to_numpy(int)
    score = brier(np.repeat(table["predicted"].to_numpy(), times), np.repeat(table["realised"].to_numpy(), times))
    return "\n".join([*lines, "", f"各组之间的均方差 {score:.3f}（0 为完全一致）。可能性说的是当月真实得分落在哪一级，"
                      "三个月里情况本身也会变，所以不会完全一致。"])


def _horizon(months: int) -> str:
    return "当月" if months == 0 else f"其后 {months} 个月"


def _cell(row: Row, measure: str) -> str:
    if math.isnan(row["value"]):
        return "—"
    if measure == "auc":
        return _interval(row)
    if measure == "lead_months":
        return f"{row['value']:.0f}（{row['lower']:.0f}–{row['upper']:.0f}）"
    return _percent(row["value"])


def _interval(row: Row) -> str:
    if math.isnan(row["value"]):
        return "—"
    return f"{row['value']:.2f}" + ("" if math.isnan(row["lower"]) else f"（{row['lower']:.2f}–{row['upper']:.2f}）")


def _percent(value: float) -> str:
    return "—" if math.isnan(value) else f"{value:.0%}"


_CAUTION = """## 能说明什么，不能说明什么

- 发现得多不等于问题多：查得勤的地方查出得多。严重问题与事件都是查到、报到才有，指数里也有一部分指标来自检查。
- 大单位事多，“有无发生”因此偏向大单位；指数是按比例算的，不偏大小，两者相比对指数偏严。
- 模拟数据中的关系是人为设定的，只能检验程序和方法，不能用来说明真实的预测力。
- 表中不好看的数照列，不作挑选。"""
