"""What the statistics say of one number, in a sentence: against its peers, against its past, against its target."""

from collections.abc import Mapping
from typing import Any

from dashboard.formats import change_unit, format_interval, format_value, is_missing, value_parts
from dashboard.wording import ASSURANCES, POSITIONS, SIGNALS


def peers_sentence(statistics: Mapping[str, Any], kind: str) -> str:
    """Place in the funnel: 同类平均 83.4%；低于 99.8% 界限，差于同类，一并检验后仍成立; empty where not compared."""
    if is_missing(statistics["funnel_position"]):
        return ""
    words = f"同类平均 {format_value(statistics['expected_value'], kind)}；{POSITIONS[statistics['funnel_position']]}"
    judgement = {"better": "，好于同类", "worse": "，差于同类"}.get(statistics["funnel_judgement"], "，与同类没有差别")
    if statistics["funnel_position"] == "inside":
        return words + judgement
    kept = "，与其他地区、指标一并检验后仍成立" if statistics["is_discovery"] else "，一并检验后不成立，可能是偶然"
    return words + judgement + kept


def history_sentence(statistics: Mapping[str, Any], kind: str) -> str:
    """What the control chart says of the month, and whether the process as it runs meets the target."""
    if is_missing(statistics["history_points"]):
        return "本月没有值，不作判断"
    if is_missing(statistics["xmr_signal"]):
        return f"历史只有 {statistics['history_points']} 个可用的点，暂不判断（季报每季一点，窗口未满的月份不计）"
    bounds = format_interval(max(statistics["xmr_lower"], 0.0), _at_most(statistics["xmr_upper"], kind), kind)
    signal = statistics["xmr_signal"]
    found = "本月属寻常波动" if signal == "none" else f"本月{SIGNALS[signal]}，{_turn(statistics['xmr_judgement'])}"
    assured = ASSURANCES[statistics["assurance"]]
    return f"自然波动 {bounds}，{found}" + (f"；{assured}" if assured else "")


def trend_sentence(statistics: Mapping[str, Any], kind: str, unit: str = "") -> str:
    """趋势好转，每月 +0.4 个百分点; empty where the history is too short for a test."""
    if is_missing(statistics["trend_p"]):
        return ""
    if statistics["trend_judgement"] == "none":
        return "没有明显趋势"
    slope = float(statistics["trend_slope"])
    size = value_parts(abs(slope), kind)[0]
    sign = "+" if slope > 0 else "−"
    counted = change_unit(kind) or unit.split("/")[0]
    small = f"每月 {sign}{size} {counted}".rstrip()
    return f"趋势{_turn(statistics['trend_judgement'])}" + ("" if float(size.replace(",", "")) == 0 else f"，{small}")


def _turn(judgement: str) -> str:
    return {"better": "好转", "worse": "变差"}.get(judgement, "")


def _at_most(upper: float, kind: str) -> float:
    return min(upper, 1.0) if kind == "share" else upper
