"""From a number back to the filed cells: what it means, what it is made of, and what is missing from it."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.divisions import GROUP_TITLES
from data_contracts.errors import MendableError
from data_contracts.periods import add_months
from metrics.trust import Trust

MOST_LINES = 200

_SQL = Path(__file__).parent / "tracing"
_OUTCOME_TITLES = {"value": "有值", "not_filed": "未报送", "not_applicable": "不适用", "too_small": "分母过小",
                   "hidden": "数少隐去"}
_SCOPE_TITLES = {"own": "本级", "area": "全域"}
_POLICY_TITLES = {"cut_offs": "预警界限", "goalposts": "风险换算端点", "targets": "目标", "weights": "权重"}
_STATE_TITLES = {"returned": "退回未补", "missing": "未报"}


class TraceError(MendableError):
    """A number that does not exist; the text is Chinese and says what could be asked for."""


@dataclass(frozen=True)
class TraceRow:
    """A filed row that the number rests on, and what it adds to either side.

    `period` is that of the filing; `correction` says what of the row was corrected since. For reporting quality the row
    is a filing itself: `sheet` and `row` are None, and for one that never came `filing_id` and `file_name` too.
    """

    contract: str
    contract_title: str | None
    filing_id: str | None
    file_name: str | None
    sheet: str | None
    row: int | None
    division_code: str
    division_name: str | None
    period: str | None
    subject: str
    organisation_code: str | None
    event_period: str | None
    numerator_part: float
    denominator_part: float
    correction: str | None = None


@dataclass(frozen=True)
class MissingFiling:
    """A filing that the number needs and that has not been accepted; `state` is `missing` or `returned`.

    `reminded_at` is when its reporter, or the bureau above it, was reminded of it.
    """

    contract: str
    contract_title: str | None
    division_code: str
    division_name: str | None
    period: str
    due_on: date
    state: str
    attempts: int
    reminded_at: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class SentReminder:
    """A 催报 that was sent for filings that the number lacks: to whom, for what period, for how many of them."""

    at: datetime
    actor: str
    recipient_code: str
    recipient_name: str | None
    period: str
    filings: int


@dataclass(frozen=True)
class TracedPolicy:
    """What a dated policy says of the indicator at the month's end: `value` is its target, weight or cut-offs."""

    policy: str
    valid_from: date
    source: str
    reason: str
    value: Any


@dataclass(frozen=True)
class Trace:
    """One cell explained. `definition` is the indicator as the snapshot was computed with it.

    The parts of `rows` sum to numerator and denominator; of a duration they are the days of each row and 1, and the
    value is a quantile of the days. `missing` names what has not been filed for the period of
    record, whether the cell has a value without it or not; `reminders` what was done about it. `trust` is None in a
    snapshot older than the statistics. `rows_hidden`: how many rows the reader may not see, being incidents, tips or
    alerts of another unit.
    """

    indicator: str
    scope_code: str
    scope: str
    period: str
    definition: Mapping[str, Any]
    value: float | None
    numerator: float | None
    denominator: float | None
    lower: float | None
    upper: float | None
    outcome: str
    reporters_expected: int
    reporters_filed: int
    policies: tuple[TracedPolicy, ...]
    rows: tuple[TraceRow, ...]
    missing: tuple[MissingFiling, ...]
    reminders: tuple[SentReminder, ...] = ()
    trust: Trust | None = None
    rows_hidden: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON: plain values, days as ISO text."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    def to_text(self) -> str:
        """Chinese text for a terminal: what, how much, from where; at most `MOST_LINES` rows."""
        definition = self.definition
        place = GROUP_TITLES.get(self.scope_code, self.scope_code)
        lines = [f"{definition['title']}　{place} {_SCOPE_TITLES[self.scope]}　{self.period}",
                 f"{self._amount()}　{definition['how']}"]
        if self.trust is not None:
            lines.append(self.trust.to_text())
        for policy in self.policies:
            value = json.dumps(_plain(policy.value), ensure_ascii=False)
            title = _POLICY_TITLES.get(policy.policy, policy.policy)
            lines.append(f"政策 {title}（{policy.valid_from} 起）：{value}　{policy.source}")
        sides = "天数/计入" if definition["kind"] == "duration" else "分子/分母"
        lines.append(f"来源 {len(self.rows)} 行（{sides}）：")
        lines += [_row_text(row) for row in self.rows[:MOST_LINES]]
        if len(self.rows) > MOST_LINES:
            lines.append(f"  …… 其余 {len(self.rows) - MOST_LINES} 行用 --json 查看")
        if self.missing:
            lines += [f"缺报 {len(self.missing)} 份：", *(_missing_text(filing) for filing in self.missing)]
            lines += [_reminder_text(reminder) for reminder in self.reminders] or ["  没有催报记录"]
        return "\n".join(lines)

    def _amount(self) -> str:
        if self.value is None or self.lower is None or self.upper is None:
            known = "" if self.denominator is None else f"（{self._counts()}）"
            return _OUTCOME_TITLES[self.outcome] + known
        scale, unit = (100, "%") if self.definition["kind"] == "share" else (1, f" {self.definition['unit']}")
        interval = f"95% 区间 {self.lower * scale:.1f}–{self.upper * scale:.1f}"
        return f"{self.value * scale:.1f}{unit}（{self._counts()}，{interval}）"

    def _counts(self) -> str:
        if self.definition["kind"] == "duration":
            return f"{self.denominator:g} 行"
        return f"{self.numerator:g}/{self.denominator:g}"


def trace_cell(
    connection: duckdb.DuckDBPyConnection, indicator: str, scope_code: str, period: str, scope: str = "area"
) -> Trace:
    """Explain one cell of a snapshot.

    Args:
        connection: an open snapshot.
        indicator: id, `rectified_on_time_share`.
        scope_code: division, `652901`.
        period: month, `2026-09`.
        scope: `own` 本级 or `area` 全域.

    Raises:
        TraceError: the snapshot has no such indicator, reading or month.
    """
    place = {"scope_code": scope_code, "scope": scope, "period": period}
    definition = _one(connection, "definition", {"indicator": indicator})
    if definition is None:
        raise TraceError(f"没有指标 {indicator}，可用的有 {_choices(connection, 'indicator')}")
    cell = _one(connection, "cell", {"indicator": indicator, **place})
    if cell is None:
        raise TraceError(_no_cell(connection, scope_code, scope, period))
    window = definition["window_months"]
    rows = _all(connection, "rows", {
        "indicator": indicator, **place,
        "fact": f"fact_{definition['fact']}",
        "numerator": definition["numerator"],
        "denominator": definition["denominator"],
        "first_month": period if window is None else add_months(period, 1 - window),
    })
    missing = _all(connection, "missing", {"indicator": indicator, **place})
    reminded = _all_if(connection, "events", "reminders", {"indicator": indicator, **place})
    corrected = _corrections(connection)
    return Trace(
        indicator=indicator, scope_code=scope_code, scope=scope, period=period, definition=definition, **cell,
        policies=tuple(_policies(connection, indicator, period)),
        rows=tuple(TraceRow(**row, correction=corrected.get((row["filing_id"], row["row"]))) for row in rows),
        missing=tuple(MissingFiling(**filing, reminded_at=_times(filing, reminded)) for filing in missing),
        reminders=_reminders(reminded),
        trust=_trust(connection, indicator, place),
    )


def _corrections(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, int], str]:
    """What was corrected, by filing and row; nothing in a snapshot of before there were corrections."""
    found = _all_if(connection, "corrections", "corrections", {})
    return {(row["filing_id"], row["row"]): row["correction"] for row in found}


def _times(filing: Mapping[str, Any], reminded: Sequence[Mapping[str, Any]]) -> tuple[datetime, ...]:
    """When a missing filing was asked for."""
    names = ("contract", "division_code", "period")
    return tuple(row["at"] for row in reminded if all(row[name] == filing[name] for name in names))


def _reminders(reminded: Sequence[Mapping[str, Any]]) -> tuple[SentReminder, ...]:
    """Each reminder once, oldest first, with how many of the missing filings it asked for."""
    sent = Counter((row["at"], row["actor"], row["recipient_code"], row["recipient_name"], row["reminded_period"])
                   for row in reminded)
    return tuple(SentReminder(*reminder, filings) for reminder, filings in sent.items())


def _trust(connection: duckdb.DuckDBPyConnection, indicator: str, place: Mapping[str, Any]) -> Trust | None:
    rows = _all_if(connection, "cell_statistics", "trust", {"indicator": indicator, **place})
    return next((Trust(**{**row, "reliability_reasons": tuple(row["reliability_reasons"])}) for row in rows), None)


def _policies(connection: duckdb.DuckDBPyConnection, indicator: str, period: str) -> list[TracedPolicy]:
    found = _all(connection, "policies", {"indicator": indicator, "period": period})
    return [TracedPolicy(**{**row, "value": json.loads(row["value"])}) for row in found]


def _no_cell(connection: duckdb.DuckDBPyConnection, scope_code: str, scope: str, period: str) -> str:
    months = _choices(connection, "period")
    if period not in months.split("、"):
        first, last = months.split("、")[0], months.split("、")[-1]
        return f"没有月份 {period}，快照含 {first} 至 {last}"
    readings = _choices(connection, "reading", scope_code)
    if not readings:
        return f"没有地区 {scope_code}，或它没有填报单位"
    return f"没有口径 {scope_code}/{scope}，可用的有 {readings}"


def _choices(connection: duckdb.DuckDBPyConnection, kind: str, scope_code: str = "") -> str:
    return "、".join(row["choice"] for row in _all(connection, "choices", {"kind": kind, "scope_code": scope_code}))


def _one(connection: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, Any]) -> dict[str, Any] | None:
    rows = _all(connection, name, values)
    return rows[0] if rows else None


def _all(connection: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    result = connection.execute((_SQL / f"{name}.sql").read_text(encoding="utf-8"), values)
    columns = [column[0] for column in result.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def _all_if(
    connection: duckdb.DuckDBPyConnection, table: str, name: str, values: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Rows of a query on a table that older snapshots lack; none there."""
    there = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table]).fetchone()
    return _all(connection, name, values) if there else []


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return [_plain(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value


def _row_text(row: TraceRow) -> str:
    if row.filing_id is None:
        place = f"{row.contract_title or row.contract} {row.period} 未报送"
    else:
        cell = "" if row.row is None else f"，{row.sheet} 第 {row.row} 行"
        place = f"{row.file_name}{cell}（报送编号 {row.filing_id}）"
    parts = f"{row.numerator_part:g}/{row.denominator_part:g}"
    corrected = f"　已更正：{row.correction}" if row.correction else ""
    return f"  {parts}　{row.division_name or row.division_code}　{row.subject}　{place}{corrected}"


def _missing_text(filing: MissingFiling) -> str:
    who, what = filing.division_name or filing.division_code, filing.contract_title or filing.contract
    asked = filing.reminded_at
    told = f"，已催报 {len(asked)} 次，最近 {asked[-1]:%Y-%m-%d}" if asked else ""
    return f"  {who}　{what} {filing.period}　应于 {filing.due_on} 前报送，{_STATE_TITLES[filing.state]}{told}"


def _reminder_text(reminder: SentReminder) -> str:
    who = reminder.recipient_name or reminder.recipient_code
    return f"  {reminder.at:%Y-%m-%d} {reminder.actor}向{who}催报 {reminder.period}（含其中 {reminder.filings} 份）"
