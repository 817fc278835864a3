"""What a paper says: its fields from a warning, a finding, a receipt, what is not filed, or the ranks of a month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
import pandas as pd

from data_contracts.divisions import REGION_CODE, load_divisions
from data_contracts.periods import period_title
from metrics import read_layer
from metrics.read_layer import EVERYTHING
from metrics.warning_definitions import TIER_TITLES
from pipelines.handling_lists import describe_warning
from pipelines.home import Home
from pipelines.papers.errors import PaperError
from pipelines.receipt_documents import read_receipts
from pipelines.reminders import write_reminders

REGION_BUREAU = "自治区保密局"
EVERY_BUREAU = "各地、州、市保密局，兵团各师保密局"
_EVIDENCE, _FAULTS = 10, 20


@dataclass(frozen=True)
class Filled:
    """Fields of one paper and the division that it goes to; `addressee` where that is not the division's bureau."""

    division_code: str
    fields: Mapping[str, Any]
    addressee: str | None = None


def fill_from(home: Home, connection: duckdb.DuckDBPyConnection, source: str, key: str, period: str,
              now: datetime) -> Filled:  # fmt: skip
    """The fields of a paper that is filled from one thing.

    Args:
        source: `warning`, `finding`, `receipt`, `reminder` (key: division) or `ranking` (key: scope).
        period: the month told of.

    Raises:
        MendableError: there is no such thing.
    """
    if source == "warning":
        return _from_warning(home, connection, key, now)
    if source == "finding":
        return _from_finding(connection, key, period, now)
    if source == "receipt":
        return _from_receipt(home, key)
    return _from_reminder(home, key, period, now) if source == "reminder" else _from_ranks(connection, period)


def day_text(day: Any) -> str:
    """2026年9月3日; 无 where there is none."""
    if day is None or pd.isna(day):
        return "无"
    stamp = pd.Timestamp(day)
    return f"{stamp.year}年{stamp.month}月{stamp.day}日"


def moment_text(moment: datetime) -> str:
    """2026年9月3日9时05分."""
    return f"{day_text(moment)}{moment.hour}时{moment.minute:02d}分"


def bureau_of(division_code: str) -> str:
    """The bureau that a paper to a division is addressed to."""
    names = load_divisions().set_index("division_code")["name"]
    return REGION_BUREAU if division_code == REGION_CODE else f"{names.get(division_code, division_code)}保密局"


def _from_warning(home: Home, connection: duckdb.DuckDBPyConnection, warning_id: str, now: datetime) -> Filled:
    found = describe_warning(home, warning_id)
    warning = found.warning
    if not warning:
        raise PaperError(f"预警 {warning_id} 已不在当前快照中，写不成公文")
    evidence = read_layer.read_warning_evidence(
        connection, EVERYTHING, warning_id=warning_id, period=str(warning["period"])
    )
    lines = [f"{row['file_name']} {row['sheet']} 第{row['row']}行" for row in evidence.to_dict("records")[:_EVIDENCE]]
    due = found.handling.due_on or pd.Timestamp(warning["respond_by"]).date()
    return Filled(str(warning["division_code"]), {
        "预警编号": warning_id, "预警等级": TIER_TITLES[warning["tier"]], "预警事项": warning["title"],
        "预警内容": warning["message"], "涉及对象": warning["subject_title"],
        "条款": f"第{warning['article']}条",
        "建议措施": warning["measure"], "答复期限": _due_text(due, now),
        "首次出现": day_text(warning["first_seen_on"]), "依据": lines or ["见预警内容"],
    })  # fmt: skip


def _due_text(due: date, now: datetime) -> str:
    return day_text(due) + ("（已过期，请立即反馈）" if due < now.date() else "")


def _progress_text(due: Any, now: datetime) -> str:
    late = 0 if due is None or pd.isna(due) else (now.date() - pd.Timestamp(due).date()).days
    return f"尚未改正，已超过整改期限 {late} 天" if late > 0 else "尚未改正"


def _from_finding(connection: duckdb.DuckDBPyConnection, finding_code: str, period: str, now: datetime) -> Filled:
    found = read_layer.read_finding(connection, EVERYTHING, finding_code=finding_code, period=period)
    if found.empty:
        raise PaperError(f"当前快照里没有问题 {finding_code}；编号应如 WT-6529010001-0001")
    row = found.iloc[0]
    codes = read_layer.read_codes(connection, "findings").set_index(["column_name", "code"])["title"]

    def title(column: str) -> str:
        return str(codes.get((column, row[column]), row[column]))

    if not pd.isna(row["rectified_on"]):
        raise PaperError(f"问题 {finding_code} 已于{day_text(row['rectified_on'])}改正，不必再发限期整改通知书")
    organisation = str(row["organisation_name"] or row["organisation_code"])
    # The region's bureau does not write to itself: what it found at an organisation of its own goes to that.
    addressee = organisation if row["division_code"] == REGION_CODE else None
    return Filled(str(row["division_code"]), addressee=addressee, fields={
        "问题编号": finding_code, "检查编号": row["inspection_code"], "检查方式": title("inspection_kind"),
        "单位名称": organisation, "发现日期": day_text(row["found_on"]),
        "问题事项": title("item"), "严重程度": title("severity"), "责令日期": day_text(row["ordered_on"]),
        "整改期限": day_text(row["due_on"]), "整改情况": _progress_text(row["due_on"], now),
    })  # fmt: skip


def _from_receipt(home: Home, receipt_no: str) -> Filled:
    document = read_receipts(home, [receipt_no])[0]
    known = document.to_dict()
    receipt = document.receipt
    faults = [f"{fault.cell or '整表'}：{fault.message}；{fault.remedy}" for fault in receipt.faults[:_FAULTS]]
    return Filled(receipt.division_code or REGION_CODE, {
        "回执号": receipt_no, "报表": receipt.contract_title or "未能识别",
        "报告期": period_title(receipt.period) if receipt.period else "未能识别",
        "填报单位": receipt.division_name or "未能识别", "收到时间": moment_text(receipt.received_at),
        "处理结果": known["outcome"], "行数": "为空表申报" if receipt.is_nil else f"共 {receipt.row_count} 行",
        "报送次数": f"第 {receipt.attempt} 次" if receipt.attempt else "—", "校验值": receipt.sha256[:16],
        "问题数": str(len(receipt.faults)), "问题": faults or ["没有发现问题。"],
    })  # fmt: skip


def _from_reminder(home: Home, division_code: str, period: str, now: datetime) -> Filled:
    found = [one for one in write_reminders(home, period, now=now) if one.division_code == division_code]
    if not found:
        raise PaperError(f"催报发给自治区本级、地州和兵团，没有发给“{division_code}”的；例：652900")
    one = found[0]
    if not one.lines:
        raise PaperError(f"{one.division_name} {period_title(period)} 应报的已全部报齐，不必催报")
    lines = [
        {"序号": str(number), "单位": line.division_name, "报表": line.contract_title,
         "报告期": period_title(line.period),
         "期限": day_text(line.due_on), "情形": line.situation}
        for number, line in enumerate(one.lines, start=1)
    ]  # fmt: skip
    return Filled(division_code, {
        "报告期": period_title(period), "应报份数": str(one.expected), "已报份数": str(one.filed),
        "情况": one.summary().rstrip("。"),
        "清单": lines,
    })  # fmt: skip


def _from_ranks(connection: duckdb.DuckDBPyConnection, period: str) -> Filled:
    """Prefectures and 兵团 divisions with the ranks that each may have: a place without its interval is chance."""
    scores = read_layer.read_scores(connection, EVERYTHING, reading="area", period=period)
    peers = scores[scores["kind"].isin(["prefecture", "corps_division"]) & scores["score"].notna()]
    if peers.empty:
        raise PaperError(f"{period_title(period)} 没有可以通报的风险指数")
    lines = [
        {"单位": str(row["name"]), "指数": f"{row['score']:.1f}", "区间": f"{row['lower']:.1f}–{row['upper']:.1f}",
         "等级": {**TIER_TITLES, "normal": "正常"}.get(row["tier"], "数据不足"),
         "名次": f"{row['rank_lower']:.0f}–{row['rank_upper']:.0f}" if not pd.isna(row["rank_lower"]) else "—"}
        for row in peers.sort_values("score", ascending=False).to_dict("records")
    ]  # fmt: skip
    fields = {"报告期": period_title(period), "单位数": str(len(lines)), "名次": lines}
    return Filled(REGION_CODE, fields, EVERY_BUREAU)
