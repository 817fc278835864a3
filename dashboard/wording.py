"""The words and colours of the house: tiers, outcomes, states and kinds, once for every page.

Colour means tier and nothing else; a tier is always told by shape or word too (shared/design/visual.md).
"""

from dataclasses import dataclass
from typing import Literal

from data_contracts.divisions import load_divisions
from pipelines.accounts.account import Account

INK = "#1B2733"
INK_SECONDARY = "#51606E"
INK_FAINT = "#8796A5"
NAVY = "#16283F"
GOLD = "#D9A62E"
HAIRLINE = "#E2E7EB"
PAPER = "#F4F6F8"
CARD = "#FFFFFF"
MARK = "#1D3557"
BETTER = "#2E7D5B"
WORSE = "#A8442F"
FONT = "Source Han Sans SC, Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"


@dataclass(frozen=True)
class Tier:
    """One tier of risk: how it is called, coloured and shaped."""

    code: str
    title: str
    short: str
    colour: str
    glyph: str


TIERS: dict[str, Tier] = {
    tier.code: tier
    for tier in (
        Tier("red", "一级红", "红", "#C02434", "▲"),
        Tier("orange", "二级橙", "橙", "#E07A1F", "◆"),
        Tier("yellow", "三级黄", "黄", "#E8BE3A", "●"),
        Tier("blue", "四级蓝", "蓝", "#5B8DB8", "■"),
        Tier("normal", "正常", "正常", "#E4E9EC", "□"),
        Tier("insufficient", "数据不足", "不足", "#F3F5F6", "▨"),
    )
}
WARNING_TIERS: tuple[str, ...] = ("red", "orange", "yellow", "blue")

OUTCOMES: dict[str, str] = {
    "value": "有值",
    "not_filed": "未报送",
    "not_applicable": "不适用",
    "too_small": "基数过小",
    "hidden": "数少隐去",
}
OUTCOME_REASONS: dict[str, str] = {
    "not_filed": "应报的报表没有收到，不能计算；未报送不等于零。",
    "not_applicable": "本期没有属于这项指标的对象，因此没有比率。",
    "too_small": "分母低于规定的最小基数，比率不稳定，不予公布；分子、分母照列。",
    "hidden": "事件、举报、预警的数量低于规定的最少数，除填报单位和自治区以外不予显示；既不是未报送，也不是零。",
}
FILING_STATES: dict[str, str] = {"on_time": "按时", "late": "迟报", "returned": "退回未改", "missing": "未报"}
FILING_STATUSES: dict[str, str] = {
    "accepted": "已接收",
    "accepted_with_queries": "已接收（有说明）",
    "returned": "已退回",
    "refused": "拒收",
}
WARNING_KINDS: dict[str, str] = {
    "event": "事件", "deadline": "时限", "threshold": "阈值", "silence": "未报送", "integrity": "数据真实",
    "statistical": "统计", "composite": "综合指数",
}  # fmt: skip
WARNING_STATUSES: dict[str, str] = {"new": "新出现", "continuing": "持续", "raised": "升级", "lowered": "降级"}
SCOPES: dict[str, str] = {"own": "本级", "area": "全域"}
STRENGTHS: dict[str, str] = {"mandatory": "强制性", "query": "核实性"}
DIRECTIONS: dict[str, str] = {"higher_is_better": "越高越好", "lower_is_better": "越低越好"}
POSITIONS: dict[str, str] = {
    "inside": "在界限之内",
    "low_95": "低于 95% 界限",
    "high_95": "高于 95% 界限",
    "low_998": "低于 99.8% 界限",
    "high_998": "高于 99.8% 界限",
}
SIGNALS: dict[str, str] = {
    "outside": "超出自然界限",
    "two_of_three": "三点中两点偏远",
    "shift": "连续七点在平均同侧",
    "trend": "连续七点同向变化",
}
ASSURANCES: dict[str, str] = {
    "meets": "照此波动能稳定达到目标",
    "misses": "照此波动达不到目标",
    "hit_and_miss": "照此波动时而达到、时而达不到目标",
    "none": "",
}
GROUP_KINDS: dict[str, str] = {"sector": "行业", "level": "层级"}

Reading = Literal["own", "area"]


def tier_of(code: str | None) -> Tier:
    """The tier with this code; too little data where there is none."""
    return TIERS.get(code or "insufficient", TIERS["insufficient"])


def reading_title(division_title: str, scope: str) -> str:
    """How a reading of a division is called: 阿克苏地区（全域）."""
    return f"{division_title}（{SCOPES[scope]}）"


def scope_title(account: Account) -> str:
    """The division of an account by its name; administrators have none."""
    if account.division_code is None:
        return "" if account.role is None else "不看业务数据"
    names = load_divisions().set_index("division_code")["name"]
    return "全区" if account.division_code == "650000" else str(names.get(account.division_code, account.division_code))
