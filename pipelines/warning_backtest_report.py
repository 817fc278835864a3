"""The backtest of the warning rules as a page of Markdown in Chinese: figures as measured, poor ones among them."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from metrics.integrity.rules import load_integrity_rules
from metrics.warning_backtest import BURN_IN, KNOWN_AFTER, load_watched
from pipelines.warning_backtest_runs import WarningBacktest

Row = Mapping[Any, Any]
KINDS = {"statistical": "统计", "composite": "综合", "threshold": "越界", "integrity": "真实性", "silence": "未报",
         "event": "事件", "deadline": "期限"}  # fmt: skip
MOST_FALSE, LEAST_TROUBLES, LEAST_FRAUDS, MOST_HONEST = 1.0, 0.9, 0.85, 0.02
STRENGTHS = (0, 0.7, 0.8, 0.9, 1.01)
JUDGED = ("found", "standing", "missed")


def write_warning_report(result: WarningBacktest) -> str:
    """The page; ends with a newline."""
    parts = [
        _head(result),
        _summary(result),
        _troubles(result),
        _sudden(result),
        _frauds(result),
        _curve(result),
        _false(result),
        _rules(result),
        _CAUTION,
    ]
    return "\n\n".join(parts) + "\n"


def _head(result: WarningBacktest) -> str:
    about = result.about
    return "\n".join([
        "# 预警规则检验：该报的报了没有，报的对不对",
        "",
        "<!-- 由 oversight backtest --warnings 生成，不要手改 -->",
        f"**本页全部为模拟数据。**检验日期 {about['ran_on']}，随机种子 {about['seeds']}，"
        f"每个种子 {about['reporters']} 个填报单位、"
        f"{about['months']}；无隐患对照地区的种子 {about['control_seeds']}。",
        "",
        "- 报出：一条预警在某月升到三级黄及以上，而上月还不是。当月的预警在月末后 "
        f"{KNOWN_AFTER} 天（报表到齐时）才为人所知。",
        "- 发现：植入的隐患开始后，满两个报告期之内（月报两个月，季报两个整季），同一单位有管这类隐患的规则报出。"
        "开始之前同类预警已经在报的，另列“原已在报”，不算发现。窗口超出记录末尾的、"
        f"记录开头 {BURN_IN} 个月之内开始的（还没有过去可比）不判。",
        "- 有迹可循：窗口内至少有一件可以看见它的事项（如到期的整改、收到的事件）；一件都没有的，报表里无从看出。",
        "- 凑巧：没有隐患的单位，同样长的时间里也有这类报出的比例；发现率高出它的部分才是规则的本事。",
        "- 提前天数：从为人所知到隐患自行结束，中位数；负数为结束之后才知道。",
        "- 各月按现在所知回算，含迟到的报表，结果略偏乐观。",
    ])  # fmt: skip


def _summary(result: WarningBacktest) -> str:
    judged = result.troubles[result.troubles["outcome"].isin(JUDGED)]
    visible = judged[judged["cases"] > 0]
    found, seen = _share(judged["outcome"] == "found"), _share(visible["outcome"] == "found")
    told = _share(visible["outcome"] != "missed")
    frauds = _share(result.frauds["is_found"])
    honest = _honest(result, "planted")
    statistical = _by(result.false_alarms, "kind")["statistical"]
    rate = 100 * statistical["grave"] / statistical["division_months"]
    return "\n".join([
        "## 结论", "", "| 要求 | 实测 | 达到 |", "|---|---|---|",
        f"| 统计规则在无隐患地区的红、橙误报，每百个单位月不超过 {MOST_FALSE:g} 条 | {rate:.2f} 条"
        f"（{int(statistical['division_months'])} 个单位月） | {_met(rate <= MOST_FALSE)} |",
        f"| 植入的隐患两个报告期内以三级黄及以上发现，不低于 {LEAST_TROUBLES:.0%}：有迹可循的 | "
        f"{len(visible)} 个中 {seen:.1%}，连同原已在报的 {told:.1%} | {_met(seen >= LEAST_TROUBLES)} |",
        f"| 同上：全部，连窗口内一件事也没有、报表里无从看出的 | {len(judged)} 个中 {found:.1%} | "
        f"{_met(found >= LEAST_TROUBLES)} |",
        f"| 植入的造假发现不低于 {LEAST_FRAUDS:.0%} | {len(result.frauds)} 个中 {frauds:.0%} | "
        f"{_met(frauds >= LEAST_FRAUDS)} |",
        f"| 如实填报的误报不超过 {MOST_HONEST:.0%}（按单位、报表、报告期） | "
        f"{honest:.2%} | {_met(honest <= MOST_HONEST)} |",
    ])  # fmt: skip


def _troubles(result: WarningBacktest) -> str:
    chance = _by(result.chance, "kind")
    lines = ["## 植入的隐患", "", "| 隐患 | 植入（可判） | 有迹可循 | 其中发现 | 原已在报 | 漏报 | 有迹可循的发现率 "
             "| 凑巧 | 发现用时（天） | 提前（天） |",
             "|---" * 10 + "|"]  # fmt: skip
    for kind, watched in load_watched().items():
        judged = result.troubles[(result.troubles["kind"] == kind) & result.troubles["outcome"].isin(JUDGED)]
        visible = judged[judged["cases"] > 0]
        count = visible["outcome"].value_counts()
        happened = visible[visible["outcome"] == "found"]
        cells = [watched.title, len(judged), len(visible), *(int(count.get(name, 0)) for name in JUDGED),
                 _percent(_share(visible["outcome"] == "found")),
                 _percent(chance[kind]["hits"] / chance[kind]["tried"]),
                 _number(happened["delay_days"].median()), _number(happened["lead_days"].median())]  # fmt: skip
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join([*lines, "", _UNSEEN, "", *_strengths(result)])


def _strengths(result: WarningBacktest) -> list[str]:
    """How much is found by how strong a trouble is; filings show the strong ones first."""
    judged = result.troubles[result.troubles["outcome"].isin(JUDGED) & (result.troubles["cases"] > 0)]
    bands = pd.cut(judged["strength"].astype(float), STRENGTHS, right=False)
    lines = ["按隐患的轻重（强度 1 为最重，各强度是什么样子见 `pipelines/simulation/region.yaml`），有迹可循的：", "",
             "| 强度 | 植入 | 发现 | 原已在报 | 漏报 | 发现率 |", "|---" * 6 + "|"]  # fmt: skip
    for band, own in judged.groupby(bands, observed=True):
        count = own["outcome"].value_counts()
        cells = [f"{band.left:g} 至 {min(band.right, 1):g}", len(own), *(int(count.get(name, 0)) for name in JUDGED),
                 _percent(_share(own["outcome"] == "found"))]  # fmt: skip
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return lines


def _sudden(result: WarningBacktest) -> str:
    lines = ["## 骤然变差：误报与漏报随界限怎样变", "",
             "只凭这一种迹象（最近一期与自己前一年比）：它能看见的隐患（填报、教育）两个报告期内发现多少，无隐患的地区误报多少。"
             f"现行界限 {result.about['sudden_z']}。", "",
             "| 界限 z | 看得见的隐患 | 发现 | 漏报率 | 误报，每百单位月 |", "|---" * 5 + "|"]  # fmt: skip
    for row in result.sudden_curve.to_dict("records"):
        missed = 1 - row["found"] / row["planted"] if row["planted"] else None
        lines.append(f"| {row['cut_off']:g} | {row['planted']} | {row['found']} | {_percent(missed)} | "
                     f"{100 * row['false_alarms'] / row['division_months']:.2f} |")  # fmt: skip
    return "\n".join(lines)


def _frauds(result: WarningBacktest) -> str:
    titles = {rule.rule: rule.title for rule in load_integrity_rules().rules}
    lines = [
        "## 植入的造假",
        "",
        "发现：造假所及的报表，从开始到结束后两期之内，有任何一条真实性规则报出疑点。",
        "",
        "| 造假 | 植入 | 本规则可判 | 发现 | 由本规则发现 |",
        "|---|---|---|---|---|",
    ]
    for kind, own in result.frauds.groupby("kind", sort=False):
        sums = [int(own[name].sum()) for name in ("is_judged", "is_found", "is_found_by_own")]
        lines.append(f"| {titles[str(kind)]} | {len(own)} | " + " | ".join(map(str, sums)) + " |")
    control = _honest(result, "control")
    return "\n".join(
        [
            *lines,
            "",
            f"如实填报的误报：有人造假的地区中其余单位 {_honest(result, 'planted'):.2%}，"
            f"无人造假的地区 {control:.2%}。",
        ]
    )


def _curve(result: WarningBacktest) -> str:
    rules = {rule.rule: rule for rule in load_integrity_rules().rules}
    cut_offs = sorted(result.curve["cut_off"].unique(), reverse=True)
    lines = ["## 真实性规则：误报与漏报随界限怎样变", "",
             "每格为“漏报的造假／误报的如实填报（占可判的）”，界限是凑巧的可能性 p；现行界限见第二列。", "",
             "| 规则 | 现行 | " + " | ".join(f"{cut_off:g}" for cut_off in cut_offs) + " |",
             "|---" * (2 + len(cut_offs)) + "|"]  # fmt: skip
    for name, own in result.curve.groupby("rule", sort=False):
        at = _by(own, "cut_off")
        cells = [
            f"{at[one]['planted'] - at[one]['found']:.0f}／"
            f"{_percent(at[one]['false_alarms'] / max(at[one]['honest'], 1), 1)}"
            for one in cut_offs
        ]
        lines.append(f"| {rules[str(name)].title} | {rules[str(name)].p_limit:g} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _false(result: WarningBacktest) -> str:
    lines = [
        "## 没有植入隐患的地区：报出多少",
        "",
        "事件、期限、未报、越界各类说的是报表里的事实（逾期未整改就是逾期未整改），植入与否都不是误报，列出只为知道工作量。",
        "",
        "| 类别 | 三级黄及以上，每百单位月 | 其中红、橙，每百单位月 |",
        "|---|---|---|",
    ]
    for row in result.false_alarms.to_dict("records"):
        of = row["division_months"] / 100
        lines.append(f"| {KINDS[row['kind']]} | {row['yellow_up'] / of:.2f} | {row['grave'] / of:.2f} |")
    return "\n".join(lines)


def _rules(result: WarningBacktest) -> str:
    lines = [
        "## 逐条规则",
        "",
        "报出、报得对、查到、提前天数来自模拟地区；误报占比、签收和销号用时（工作日，中位数）来自本地台账的办理记录，没有办理过的为“—”。"
        "“报得对”只对推断类规则（统计、综合、真实性）有意义：报出之时同一单位确有所管的隐患或造假。本来就比同类差、而没有植入隐患的单位，"
        "在这里算报错，所以是下限。“查到”为所管的隐患（造假）中两期内由本规则报出的；“—”为没有植入它所管的隐患。",
        "",
        "| 规则 | 类别 | 报出 | 报得对 | 查到 | 提前（天） | 误报占比 | 签收 | 销号 |",
        "|---" * 9 + "|",
    ]
    for row in result.rules.to_dict("records"):
        if pd.isna(row["alarms"]):
            continue
        found = "—" if not row["planted"] > 0 else f"{row['found']:.0f}/{row['planted']:.0f}（{row['recall']:.0%}）"
        right = (
            "—" if pd.isna(row["precision"]) else f"{row['right']:.0f}/{row['alarms']:.0f}（{row['precision']:.0%}）"
        )
        cells = [
            row["title"],
            KINDS[row["kind"]],
            f"{row['alarms']:.0f}",
            right,
            found,
            _number(row["lead_days"]),
            _percent(row["false_alarm_share"]),
            _number(row["days_to_acknowledge"]),
            _number(row["days_to_close"]),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    silent = [row["title"] for row in result.rules.to_dict("records") if pd.isna(row["alarms"])]
    return "\n".join([*lines, "", f"一次也没有报出的规则 {len(silent)} 条：{'、'.join(silent) or '无'}。"])


def _honest(result: WarningBacktest, region: str) -> float:
    row = _by(result.honest, "region")[region]
    return float(row["signals"] / row["filings"]) if row["filings"] else float("nan")


def _by(frame: pd.DataFrame, column: str) -> dict[Any, Row]:
    return {row[column]: row for row in frame.to_dict("records")}


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values) if values else float("nan")


def _percent(value: float | None, digits: int = 0) -> str:
    return "—" if value is None or pd.isna(value) else f"{value:.{digits}%}"


def _number(value: float | None) -> str:
    return "—" if value is None or pd.isna(value) else f"{value:.0f}"


def _met(is_met: bool) -> str:
    return "达到" if is_met else "**未达到**"


_UNSEEN = """报表里看不出或很难及时看出的：

- 事件报告迟缓：一个县平均三四年才报一起事件，窗口内多半一起也没有；有的那一起报得及时，也看不出。
- 资质管理失守、自监管设施备案积压：窗口内要恰有资质到期或设施启用才会显出来。"""

_CAUTION = """## 能说明什么，不能说明什么

- 模拟地区的隐患和造假是人为设定的，造假又是照着规则想得到的样子植入的；真实的造假会更隐蔽，这里的发现率是上限。
- 调过界限的种子不在本页：真实性规则和“骤然变差”的界限在种子 7、11、12 上调定，模拟隐患的轻重在种子 21、22 上调定。
- 隐患轻到与凑巧分不开，任何规则都报不出；发现率因此离不开隐患多重，按轻重分列的表比合计更能说明问题。
- 表中不好看的数照列，不作挑选。"""
